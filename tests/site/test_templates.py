"""Templates are laid out in lines, which leave no trace in a page but words' spaces."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest

from generator.core.errors import ConfigError, FigureError
from generator.core.own_files import list_own_templates, read_own_template
from generator.site.templates import build_environment, render_template


def rendered(tmp_path: Path, source: str, **context: object) -> str:
    """Return what a template of a project's own makes."""
    (tmp_path / "templates").mkdir(exist_ok=True)
    (tmp_path / "templates" / "own.html").write_text(source, "utf-8")
    return str(render_template(build_environment(tmp_path), "own.html", context))


@pytest.mark.parametrize(
    ("source", "page"),
    [
        (
            "<ul>\n  <li>a</li>\n\n  <li>b</li>\n</ul>\n",
            "<ul><li>a</li><li>b</li></ul>",
        ),
        ("<p>\n  one\n  two\n</p>", "<p>one two</p>"),
        ("<p>\n  one <b>two</b> {{ x }}\n</p>", "<p>one <b>two</b> 1</p>"),
        ("<p>one\n  {{ x }}\n  two</p>", "<p>one 1 two</p>"),
        ("{{ x }}\n{{ x }}", "11"),
        ("<b>a</b>{{ ' ' }}\n<i>b</i>", "<b>a</b> <i>b</i>"),
        ("{% if x %}\n  <b>a</b>\n{% else %}\n  b\n{% endif %}\n", "<b>a</b>"),
        ("{% for i in [1, 2] %}\n  {{ i }}\n{% endfor %}", "12"),
        ('<a\n  class="b"\n  href="c">d</a>', '<a class="b" href="c">d</a>'),
        ("<a\n  b\n>\n  d\n</a>", "<a b>d</a>"),
        ("<a\n  {% if x %} b{% endif %}\n  c>d</a>", "<a b c>d</a>"),
        ("<a\n  {% if x %}\n    b\n    c\n  {% endif %}>d</a>", "<a b c>d</a>"),
        ("<a\n  {% if not x %} b{% endif %}>d</a>", "<a>d</a>"),
        ('<a class="b{{ x }}\n  {{ " c" }}">d</a>', '<a class="b1 c">d</a>'),
        ("{# one\n   two #}\n<p>a</p>", "<p>a</p>"),
    ],
)
def test_a_break_is_nothing_beside_a_tag_and_a_space_between_words(
    tmp_path: Path, source: str, page: str
) -> None:
    """What a template makes does not depend on how its tags are laid out."""
    assert rendered(tmp_path, source, x=1) == page


def test_values_keep_their_line_breaks(tmp_path: Path) -> None:
    """The rule is about templates: what they print is not touched."""
    assert rendered(tmp_path, "<pre>\n  {{ x }}\n</pre>", x="a\n  b") == (
        "<pre>a\n  b</pre>"
    )


@pytest.mark.parametrize("breaks", [1, 2, 5])
def test_an_error_names_the_line_of_the_file(tmp_path: Path, breaks: int) -> None:
    """Breaks that leave no trace in the page still count as lines."""
    source = "<p>a</p>\n" * breaks + "<p>{{ nothing }}</p>\n"
    with pytest.raises(FigureError, match=rf"own\.html:{breaks + 1}: 'nothing'"):
        rendered(tmp_path, source)


def test_a_mistake_within_a_statement_is_told_at_its_line(tmp_path: Path) -> None:
    """So does a mistake that the parser finds."""
    with pytest.raises(FigureError, match=r"own\.html:3: "):
        rendered(tmp_path, "<p>\n  a\n{% if %}</p>")


def test_the_environment_refuses_names_that_are_not_there(tmp_path: Path) -> None:
    """A template that names nothing is an error, and what it prints is escaped."""
    with pytest.raises(jinja2.UndefinedError):
        build_environment(tmp_path).from_string("{{ nothing }}").render()
    assert rendered(tmp_path, "{{ x }}", x="<b>") == "&lt;b&gt;"


@pytest.mark.parametrize("part", ["figures/own.css", "figures"])
def test_a_template_that_becomes_a_link_is_not_read(tmp_path: Path, part: str) -> None:
    """A file that was listed, and whose path then leads elsewhere, is an error.

    The control: before, its text is read.
    """
    own = tmp_path / "project" / "templates"
    (own / "figures").mkdir(parents=True)
    (own / "figures" / "own.css").write_text("p {}")
    listed = list_own_templates(tmp_path / "project")
    assert listed == ("figures/own.css",)
    assert read_own_template(tmp_path / "project", listed[0]) == b"p {}"
    (own / part).rename(tmp_path / "aside")
    (own / part).symlink_to(tmp_path / "aside")
    with pytest.raises(ConfigError, match=r"templates/figures/own\.css: .* is a link"):
        read_own_template(tmp_path / "project", listed[0])
