"""Files that come with the program beside its modules: templates, pins, the starter.

They stand at the top of a checkout, where people look for them, and inside the package
in a wheel, where `pyproject.toml` puts them. `find_package_path` finds them in both.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

PACKAGE = Path(str(resources.files("generator"))).resolve()
"""The folder of the package."""
CHECKOUT = PACKAGE.parent
"""The folder of the checkout, where this is one."""
WORKFLOW = ".github/workflows/pages.yml"
"""What builds and deploys a site on GitHub."""


@cache
def is_checkout() -> bool:
    """Return whether the program runs from its repository, not from a wheel."""
    return (CHECKOUT / "build.py").is_file() and (CHECKOUT / "templates").is_dir()


@cache
def find_package_path(name: str) -> Path:
    """Return the path of a file or folder that comes with the program.

    Args:
        name: Its path from the top of the checkout, such as `templates`.

    Raises:
        FileNotFoundError: If the installation lacks it.
    """
    path = (CHECKOUT if is_checkout() else PACKAGE) / name
    if not path.exists():
        raise FileNotFoundError(
            2, "not there, though it comes with the program; install it again", path
        )
    return path
