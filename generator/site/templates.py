"""Templates: where they are, and what a mistake in one says.

Escaping is on for every template and a name that does not exist is an error. A project
may bring its own `templates/`; what it lacks comes from the ones shipped, and all of
its pages are filled within the bounds of `sandbox.py`.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from jinja2.ext import Extension
from markupsafe import Markup

from generator.core.cache import find_displayed_command
from generator.core.direction import isolate_text, text_direction
from generator.core.errors import FigureError, quote_text, suggest_nearest
from generator.core.markup import trust_html
from generator.core.own_files import (
    TEMPLATES,
    list_own_templates,
    read_own_template,
)
from generator.core.package_data import find_package_path
from generator.site.sandbox import (
    FILTERS,
    BoundedEnvironment,
    PageLimitError,
    PageTimeError,
    SlowTemplateError,
)

SHIPPED = find_package_path("templates")
TEMPLATE_LIMIT = 100_000
"""Characters of a project's own template."""
PAGE_LIMIT = 5_000_000
"""Characters of a page, or of a figure on it, where a project brings templates."""


def style_name(kind: str) -> str:
    """Return the asset name of the style sheet of a kind of figure."""
    return f"figure-{kind}"


OPENING = re.compile(r"\{[%{#]")
CLOSING = {"{%": "%}", "{{": "}}", "{#": "#}"}
"""What ends a statement, an expression and a comment, by what begins it."""
BREAK = re.compile(r"(?<![ \t])[ \t]*\n\s*")
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
        parts = split_template(source)
        inside = False
        for i in range(0, len(parts), 2):
            parts[i], inside = join_lines(
                parts[i],
                before=parts[i - 1] if i else "{%",
                after=parts[i + 1] if i + 1 < len(parts) else "{%",
                inside=inside,
            )
        return "".join(parts)


def split_template(source: str) -> list[str]:
    """Split a template into its text and what is none, in linear time.

    Args:
        source: The template.

    Returns:
        Text, then a statement, expression or comment, and so on; text at the end.
    """
    parts: list[str] = []
    end, found = 0, OPENING.search(source)
    unclosed: set[str] = set()
    while found:
        mark, start = found[0], found.start()
        close = -1
        if mark not in unclosed:
            close = source.find(CLOSING[mark], found.end())
        if close < 0:
            unclosed.add(mark)
            found = OPENING.search(source, start + 1)
            continue
        parts += source[end:start], source[start : close + 2]
        end = close + 2
        found = OPENING.search(source, end)
    return [*parts, source[end:]]


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


class OwnTemplates(jinja2.BaseLoader):
    """Loads templates of a project: only files that `list_own_templates` lets pass.

    Args:
        project: The project's folder.
    """

    def __init__(self, project: Path) -> None:
        self.project = project
        self.names = list_own_templates(project)

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, None]:
        """Return the text of a template, and its path.

        Args:
            environment: The environment of all pages.
            template: Path below `templates/`.

        Raises:
            TemplateNotFound: If the project has none of this name.
            TemplateSyntaxError: If it is no UTF-8, or too large.
        """
        del environment
        if template not in self.names:
            raise jinja2.TemplateNotFound(template)
        data = read_own_template(self.project, template)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            problem = "this is no UTF-8; save the file in that encoding"
            raise jinja2.TemplateSyntaxError(problem, line, template) from error
        if len(text) > TEMPLATE_LIMIT:
            problem = f"a template may have {TEMPLATE_LIMIT:,} characters; divide it"
            raise jinja2.TemplateSyntaxError(problem, 1, template)
        return text, str(self.project / TEMPLATES / template), None


def build_environment(project: Path) -> jinja2.Environment:
    """Build the Jinja environment of all pages.

    Args:
        project: The project's folder.

    Raises:
        ConfigError: If the project's templates are links, no plain files or too large.
    """
    options: dict[str, Any] = {
        "autoescape": True,
        "undefined": jinja2.StrictUndefined,
        "extensions": [LayoutExtension],
        "auto_reload": False,
        "cache_size": -1,
    }
    own, shipped = OwnTemplates(project), jinja2.FileSystemLoader(SHIPPED)
    environment: jinja2.Environment
    if own.names:
        loader = jinja2.ChoiceLoader([own, shipped])
        environment = BoundedEnvironment(loader=loader, **options)
    else:
        # What came with the program needs no walls: they take time and guard nothing.
        environment = jinja2.Environment(loader=shipped, **options)  # noqa: S701 - it is on
    environment.filters["drawing"] = trust_html
    environment.filters["direction"] = text_direction
    environment.filters["isolate"] = isolate_text
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
        SlowTemplateError: If a template of a project takes too long.
    """
    if own := isinstance(templates, BoundedEnvironment):
        templates.meter.restart()
    try:
        html = templates.get_template(name).render(context)
        html.encode("utf-8")  # half of a surrogate pair is an error
        if own and len(html) > PAGE_LIMIT:
            raise PageLimitError(
                f"prints more than the {PAGE_LIMIT:,} characters that a page may have"
            )
        return trust_html(html)
    except jinja2.TemplateSyntaxError as error:
        raise make_syntax_error(error, name, own=own) from error
    except jinja2.TemplateNotFound as error:
        where = error_place(error, name)
        raise FigureError(f"{where}: there is no template {error.name}") from error
    except jinja2.UndefinedError as error:
        raise FigureError(
            f"{error_place(error, name)}: {error.message}; "
            f"{suggest_name(str(error), context)}"
        ) from error
    except jinja2.TemplateError as error:
        kind = SlowTemplateError if isinstance(error, PageTimeError) else FigureError
        raise kind(f"{error_place(error, name)}: {error.message}") from error
    except MISTAKES as error:
        if not own:
            raise  # a bug of ours
        where = error_place(error, name)
        raise FigureError(
            f"{where}: {describe_mistake(error)}; correct the template"
        ) from error


def check_syntax(templates: jinja2.Environment, names: Iterable[str]) -> None:
    """Check that templates can be parsed, without filling them.

    Args:
        templates: The environment of all pages.
        names: Paths of templates below `templates/`.

    Raises:
        FigureError: With each template's file and line that is wrong.
    """
    problems: list[str] = []
    own = isinstance(templates, BoundedEnvironment)
    for name in names:
        try:
            templates.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            problems += make_syntax_error(error, name, own=own).problems
        except RecursionError as error:
            problems.append(f"templates/{name}: {describe_mistake(error)}")
    if problems:
        raise FigureError(*problems)


def make_syntax_error(
    error: jinja2.TemplateSyntaxError, name: str, *, own: bool
) -> FigureError:
    """Return the error of a template that cannot be parsed, with its file and line.

    Args:
        error: The error of Jinja.
        name: The template that was wanted.
        own: Whether the project brings templates.
    """
    where = f"templates/{shorten_path(error.name or name)}:{error.lineno}"
    return FigureError(f"{where}: {describe_syntax(error, own=own)}")


MISTAKES = (
    ArithmeticError, AttributeError, LookupError, MemoryError, RecursionError,
    SyntaxError, TypeError, ValueError,
)  # fmt: skip
"""Errors of Python that a template of an author can raise."""


def describe_syntax(error: jinja2.TemplateSyntaxError, *, own: bool) -> str:
    """Return what is wrong with the syntax of a template.

    Args:
        error: The error of Jinja.
        own: Whether the project brings templates, which have fewer filters.
    """
    problem = str(error.message)
    found = re.fullmatch(r"No filter named '(\w+)'\.", problem)
    if not own or not found:
        return problem
    return (
        f"the filter {found[1]} is not for a project's own templates; "
        f"{suggest_nearest(found[1], FILTERS)}"
    )


def describe_mistake(error: Exception) -> str:
    """Return what a template did, from the error of Python that it raised."""
    if isinstance(error, RecursionError | MemoryError):
        return "its parts are nested too deeply, or call each other for ever"
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    text = quote_text(text, 200)[1:-1]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


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
    innermost = template_frames[-1]
    return f"templates/{shorten_path(innermost.filename)}:{innermost.lineno}"


def shorten_path(name: str) -> str:
    """Return the path of a template below `templates/`.

    Args:
        name: That path, or the whole one.
    """
    path = Path(name)
    return path.name if path.parent.name != "figures" else f"figures/{path.name}"
