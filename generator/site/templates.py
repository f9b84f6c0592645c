"""Templates: where they are, and what a mistake in one says.

Escaping is on for every template and a name that does not exist is an error. A project
may bring its own `templates/`; what it lacks comes from the ones shipped.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from pathlib import Path

import jinja2
from markupsafe import Markup

from generator.core.cache import command_of
from generator.core.errors import FigureError, nearest
from generator.core.markup import trusted
from generator.core.package_data import shipped

SHIPPED = shipped("templates")


def folders(project: Path) -> tuple[Path, ...]:
    """Where templates and static files are looked for, the project's own first."""
    own = project / "templates"
    return (own, SHIPPED) if own.is_dir() and own != SHIPPED else (SHIPPED,)


def style_of(kind: str) -> str:
    """What the style sheet of a kind of figure is called among the assets."""
    return f"figure-{kind}"


def environment(project: Path) -> jinja2.Environment:
    """The environment of all pages."""
    made = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader([str(f) for f in folders(project)]),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.filters["drawing"] = trusted
    made.globals["command"] = command_of(project)
    return made


def render(
    templates: jinja2.Environment, name: str, context: Mapping[str, object]
) -> Markup:
    """The template `name`, drawn. Raises `FigureError` with its file and line."""
    try:
        return trusted(templates.get_template(name).render(context))
    except jinja2.TemplateSyntaxError as error:
        where = f"templates/{error.name}:{error.lineno}"
        raise FigureError(f"{where}: {error.message}") from error
    except jinja2.TemplateNotFound as error:
        where = place(error, name)
        raise FigureError(f"{where}: there is no template {error.name}") from error
    except jinja2.UndefinedError as error:
        raise FigureError(
            f"{place(error, name)}: {error.message}; {hint(str(error), context)}"
        ) from error
    except jinja2.TemplateError as error:
        raise FigureError(f"{place(error, name)}: {error.message}") from error


def hint(said: str, context: Mapping[str, object]) -> str:
    """What a template that names nothing may have meant."""
    found = re.match(r"'(\w+)' is undefined", said)
    close = nearest(found[1], context) if found else ""
    return close if "?" in close else "correct the name, or remove it"


def place(error: Exception, name: str) -> str:
    """File and line of the innermost template that `error` passed through."""
    frames = traceback.extract_tb(error.__traceback__)
    found = [f for f in frames if f.filename.endswith(".html")]
    if not found:
        return f"templates/{name}"
    path = Path(found[-1].filename)
    near = path.name if path.parent.name != "figures" else f"figures/{path.name}"
    return f"templates/{near}:{found[-1].lineno}"
