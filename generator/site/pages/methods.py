"""Method pages, made from the docstrings of the methods' classes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping

from markupsafe import Markup

from generator.core.spec import describe_fields
from generator.methods.base import Method
from generator.site.pages.base import MethodPage, Page, SiteData
from generator.site.writeup.writeup import docstring_html


def read_method_pages(methods: Mapping[str, type[Method]]) -> tuple[MethodPage, ...]:
    """Read the pages of all methods, sorted by name.

    Args:
        methods: The methods' classes by name.

    Returns:
        The pages.
    """
    return tuple(read_method_page(name, methods[name]) for name in sorted(methods))


def read_method_page(name: str, method: type[Method]) -> MethodPage:
    """Read the page of a method from the docstring of its class.

    Args:
        name: The word for it in a study file; the title where there is no docstring.
        method: The class. The first line of its docstring is the title.
    """
    title, _, rest = inspect.cleandoc(method.__doc__ or name).partition("\n")
    return MethodPage(
        name,
        method_path(name),
        title.strip().rstrip("."),
        docstring_html(emphasize_sections(rest)),
        tuple(setting_rows(method)),
    )


def method_path(name: str) -> str:
    """Return the path of a method's page."""
    return f"methods/{name.lower().replace('_', '-')}/index.html"


def emphasize_sections(text: str) -> str:
    """Make `Source:` and `Differs:` paragraphs of their own, in bold."""
    return re.sub(r"(?m)^(Source|Sources|Differs):", r"\n**\1:**", text.strip())


def setting_rows(method: type[Method]) -> Iterator[tuple[str, str, Markup]]:
    """Yield the name, the default and the meaning of each setting of a method."""
    meanings = describe_fields(method)
    for name, field in method.model_fields.items():
        if name == "method":
            continue
        default = (
            "required" if field.is_required() else format_default(field.get_default())
        )
        yield name, default, docstring_html(meanings.get(name, ""))


def format_default(value: object) -> str:
    """Format a default as a study file would write it."""
    if value is None or value == ():
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def pages(data: SiteData) -> Iterator[Page]:
    """Yield the list of all methods, and a page for each with its studies.

    Args:
        data: Everything that pages are made of.
    """
    context = {"methods": data.methods}
    yield Page("methods/index.html", "methods.html", "Methods", "", context)
    for method in data.methods:
        yield Page(method.path, "method.html", method.title, "", {"method": method})
