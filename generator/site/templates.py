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
from jinja2.ext import Extension
from markupsafe import Markup

from generator.core.cache import find_displayed_command
from generator.core.errors import FigureError, suggest_nearest
from generator.core.markup import trust_html
from generator.core.package_data import find_package_path

SHIPPED = find_package_path("templates")


def template_folders(project: Path) -> tuple[Path, ...]:
    """Return the folders of templates and static files, the project's first.

    Args:
        project: The project's folder.
    """
    own = project / "templates"
    return (own, SHIPPED) if own.is_dir() and own != SHIPPED else (SHIPPED,)


def style_name(kind: str) -> str:
    """Return the asset name of the style sheet of a kind of figure."""
    return f"figure-{kind}"


MARKS = re.compile(r"(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})", re.DOTALL)
"""What is not text in a template: statements, expressions, comments."""
BREAK = re.compile(r"[ \t]*\n\s*")
TAG = re.compile(r"<[!/]?[A-Za-z]|>")
"""Where a tag begins or ends. No attribute of a template holds `>`."""


class LayoutExtension(Extension):
    """A Jinja extension by which line breaks in templates do not reach the page.

    A line break beside a tag or a statement is nothing, and so is one between two
    expressions; between words it is one space. Within a tag it is one space between
    attributes, and nothing before a statement, an expression or the end of the tag. A
    space that a page needs beside a tag stands within a line, or is written
    `{{ " " }}`.
    """

    def preprocess(
        self, source: str, name: str | None, filename: str | None = None
    ) -> str:
        """Return the template, line breaks in comments, so that errors count them."""
        del name, filename
        parts = MARKS.split(source)
        inside = False
        for i in range(0, len(parts), 2):
            parts[i], inside = join_lines(
                parts[i],
                before=parts[i - 1] if i else "{%",
                after=parts[i + 1] if i + 1 < len(parts) else "{%",
                inside=inside,
            )
        return "".join(parts)


def join_lines(text: str, *, before: str, after: str, inside: bool) -> tuple[str, bool]:
    """Return a template's text without its line breaks.

    Args:
        text: What stands between two statements, expressions or comments.
        before: The one before it.
        after: The one after it.
        inside: Whether the text begins within a tag.

    Returns:
        The text, and whether it ends within a tag.
    """
    written: list[str] = []
    end = 0
    for match in BREAK.finditer(text):
        line = text[end : match.start()]
        inside = ends_inside(line, inside=inside)
        left = line[-1:] or ("" if end else before[:2])
        right = text[match.end() : match.end() + 1] or after[:2]
        lines = "\n" * match[0].count("\n")
        gap = "" if is_idle(left, right, inside=inside) else " "
        written += (line, gap, f"{{#{lines}#}}")
        end = match.end()
    rest = text[end:]
    return "".join((*written, rest)), ends_inside(rest, inside=inside)


def is_idle(left: str, right: str, *, inside: bool) -> bool:
    """Return whether a line break between two signs is no space.

    Args:
        left: The sign before it, or the mark that begins what stands before it.
        right: The sign after it, or the mark that begins what stands after it.
        inside: Whether it stands within a tag.
    """
    if inside:
        return right in {">", "{%", "{{", "{#"}
    ends = {"{%", "{#", ">", ""}
    starts = {"{%", "{#", "<"}
    return left in ends or right in starts or left == right == "{{"


def ends_inside(text: str, *, inside: bool) -> bool:
    """Return whether a text that begins within a tag, or not, ends within one."""
    marks = TAG.findall(text)
    return marks[-1] != ">" if marks else inside


def build_environment(project: Path) -> jinja2.Environment:
    """Build the Jinja environment of all pages.

    Args:
        project: The project's folder.
    """
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.FileSystemLoader([str(f) for f in template_folders(project)]),
        extensions=[LayoutExtension],
        auto_reload=False,
        cache_size=-1,
    )
    environment.filters["drawing"] = trust_html
    environment.globals["command"] = find_displayed_command(project)
    return environment


def render_template(
    templates: jinja2.Environment, name: str, context: Mapping[str, object]
) -> Markup:
    """Render a template.

    Args:
        templates: The environment of all pages.
        name: Path of the template below `templates/`.
        context: The values that the template names.

    Returns:
        The HTML.

    Raises:
        FigureError: With the template's file and line, if it has a mistake.
    """
    try:
        return trust_html(templates.get_template(name).render(context))
    except jinja2.TemplateSyntaxError as error:
        where = f"templates/{error.name}:{error.lineno}"
        raise FigureError(f"{where}: {error.message}") from error
    except jinja2.TemplateNotFound as error:
        where = error_place(error, name)
        raise FigureError(f"{where}: there is no template {error.name}") from error
    except jinja2.UndefinedError as error:
        raise FigureError(
            f"{error_place(error, name)}: {error.message}; "
            f"{suggest_name(str(error), context)}"
        ) from error
    except jinja2.TemplateError as error:
        raise FigureError(f"{error_place(error, name)}: {error.message}") from error


def suggest_name(said: str, context: Mapping[str, object]) -> str:
    """Suggest the name that a template may have meant.

    Args:
        said: The message of the undefined name.
        context: The values that the template could name.

    Returns:
        A sentence, "" where no name is close.
    """
    match = re.match(r"'(\w+)' is undefined", said)
    close = suggest_nearest(match[1], context) if match else ""
    return close if "?" in close else "correct the name, or remove it"


def error_place(error: Exception, name: str) -> str:
    """Return the file and line of the innermost template that raised an error.

    Args:
        error: The error.
        name: Path of the template that was rendered.

    Returns:
        `file:line`, or the name alone.
    """
    frames = traceback.extract_tb(error.__traceback__)
    template_frames = [f for f in frames if f.filename.endswith(".html")]
    if not template_frames:
        return f"templates/{name}"
    path = Path(template_frames[-1].filename)
    near = path.name if path.parent.name != "figures" else f"figures/{path.name}"
    return f"templates/{near}:{template_frames[-1].lineno}"
