"""A project's own templates reach nothing, and end in bounded time and room."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import jinja2
import pytest

from generator.core import own_files
from generator.core.cache import compute_templates_key
from generator.core.errors import ConfigError, FigureError
from generator.site import sandbox
from generator.site import templates as module
from generator.site.assets import bundle_assets
from generator.site.templates import (
    build_environment,
    render_template,
    split_template,
    style_name,
)
from tests.figures import gallery

LIMIT = 0.5
"""Seconds that a page may take in these tests."""


def render(project: Path, source: str) -> str:
    """Render a template that a project brings, which has a text and a function."""
    folder = project / "templates"
    folder.mkdir(exist_ok=True)
    (folder / "own.html").write_text(source, "utf-8")
    context = {"text": "words", "link": style_name}
    return str(render_template(build_environment(project), "own.html", context))


def double(start: str, expression: str) -> str:
    """A template that makes a value sixty times twice as large."""
    return (
        f"{{% set ns = namespace(x={start}) %}}{{% for i in range(60) %}}"
        f"{{% set ns.x = {expression} %}}{{% endfor %}}"
    )


REACHING = {
    "globals of a class": "{{ cycler.__init__.__globals__.os.system('true') }}",
    "class": "{{ ''.__class__.__mro__ }}",
    "class as an item": "{{ ''['__class__'] }}",
    "class by a filter": "{{ ['']|map(attribute='__class__')|join }}",
    "the filter attr": "{{ text|attr('__class__') }}",
    "globals of a function": "{{ link.__globals__ }}",
    "globals as an item": "{{ link['__globals__'] }}",
    "the template": "{{ self._TemplateReference__context }}",
    "a macro's function": "{% macro m() %}{% endmacro %}{{ m._func }}",
    "a loop's items": "{% for i in [1] %}{{ loop._iterator }}{% endfor %}",
    "a method": "{{ text.upper() }}",
    "a method read": "{{ text.upper }}",
    "fields of a format": "{{ '{0.__class__}'.format(text) }}",
    "fields of a format, escaped": "{{ (text|e).format(text) }}",
    "a joiner": "{{ joiner() }}",
    "an object's place in memory": "{{ link }}",
    "its place by ~": "{{ link ~ '' }}",
    "its place in a list": "{{ [link]|join }}",
    "its place by a filter": "{{ link|string|length }}",
    "a list": "{{ [1] }}",
    "a function as JSON": "{{ link|tojson }}",
    "markup": "{{ text|safe }}",
    "no escaping": "{% autoescape false %}{{ text }}{% endautoescape %}",
    "a file above": "{% include '../../../../etc/passwd' %}",
    "a file by its path": "{% include '/etc/passwd' %}",
    "a path with a null": "{% include 'a\\x00b' %}",
}  # fmt: skip

LARGE = {
    "a range": "{% for i in range(10**9) %}{% endfor %}",
    "a text": "{{ 'a' * 10**10 }}",
    "a text, swapped": "{{ 10**10 * 'a' }}",
    "a list": "{{ ([1] * 10**9)|length }}",
    "a power": "{{ 9 ** 9 ** 9 ** 9 }}",
    "a power of a fraction": "{{ 9.0 ** 9999 }}",
    "a format": "{{ '%1000000000d' % 3 }}",
    "a format by a filter": "{{ '%1000000000d'|format(3) }}",
    "a format by a method": "{{ '{:1000000000}'.format(3) }}",
    "center": "{{ 'a'|center(10**9) }}",
    "center, named": "{{ 'a'|center(**{'width': 10**9}) }}",
    "indent": "{{ text|indent(10**9) }}",
    "round": "{{ 3|round(-10**9) }}",
    "batch": "{{ [1]|batch(10**9, 0)|list|length }}",
    "slice": "{{ [1]|slice(10**9)|list|length }}",
    "a base": "{{ 'zz'|int(0, 10**9) }}",
    "indented JSON": "{{ [[1]]|tojson(indent=9999) }}",
    "text by ~": double("'ab'", "ns.x ~ ns.x"),
    "text by +": double("'ab'", "ns.x + ns.x"),
    "text by join": double("'ab'", "[ns.x, ns.x]|join"),
    "text by replace": double("'ab'", "ns.x|replace('a', ns.x)"),
    "text by a macro": "{% macro m(x) %}{{ x }}{{ x }}{% endmacro %}"
    + double("'ab'", "m(ns.x)"),
    "text by a block": double("'ab'", "ns.x").replace(
        "{% set ns.x = ns.x %}", "{% set ns.x %}{{ ns.x }}{{ ns.x }}{% endset %}"
    ),
    "lists by +": double("[1]", "ns.x + ns.x"),
    "lists of lists": double("[1]", "[ns.x, ns.x]"),
    "tuples of tuples": double("(1,)", "(ns.x, ns.x)"),
    "dictionaries": double("{}", "{1: ns.x, 2: ns.x}"),
    "arguments": "{% macro m(n) %}{% if n %}{{ m(n - 1, varargs, varargs) }}"
    "{% else %}{{ varargs == [1] }}{% endif %}{% endmacro %}{{ m(40, 1, 2) }}",
    "sums of lists": "{{ (range(99999)|batch(1)|list|sum(start=[]))|length }}",
    "numbers": double("3", "ns.x * ns.x"),
    "lists that are kept": "".join(
        f"{{% set a{i} = range(100000)|list %}}" for i in range(2000)
    ),
    "texts to compare": "{% set s %}" + "a" * 90_000 + "{% endset %}"
    "{{ [s, s, s, s, s, s, s, s, s, s, s, s]|sort|length }}",
    "a large text": "{% for i in range(99999) %}" + "a" * 90_000 + "{% endfor %}",
    "many brackets": "{{ " + "(" * 40_000 + "1" + ")" * 40_000 + " }}",
    "many additions": "{{ " + "1+" * 40_000 + "1 }}",
    "many loops": "{% for i in [1] %}" * 30 + "{% endfor %}" * 30,
    "statements without end": "{%" * 49_000,
    "expressions without end": "{{" * 49_000,
    "comments without end": "{#" * 49_000,
    "digits": "{{ " + "9" * 90_000 + " }}",
    "a template": "a" * 100_001,
    "half a character": "{{ '\\ud800' }}",
}  # fmt: skip

LONG = {
    "loops": "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}"
    "{% endfor %}",
    "macros": "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}"
    "{% endmacro %}{{ m(60) }}",
    "includes": "{% if n is not defined %}{% set n = 60 %}{% endif %}{% if n %}"
    "{% set n = n - 1 %}{% include 'own.html' %}{% include 'own.html' %}{% endif %}",
    "mapped filters": "{% for i in range(99999) %}"
    "{{ range(99999)|map('string')|list|length }}{% endfor %}",
}

ENDLESS = {
    "a macro": "{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}",
    "include": "{% include 'own.html' %}",
    "extends": "{% extends 'own.html' %}",
    "import": "{% import 'own.html' as m %}",
    "a loop": "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
}

WRONG = {
    "types": "{{ 1 + 'a' }}",
    "zero": "{{ 1 // 0 }}",
    "steps": "{{ text[::0] }}",
    "no items": "{% for i in 3 %}{% endfor %}",
    "parts": "{% for a, b in [1] %}{% endfor %}",
    "order": "{{ {1: 2, 'a': 3}|dictsort|length }}",
    "filter": "{{ text|captalize }}",
}


@pytest.fixture(autouse=True)
def _short_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "SECONDS", LIMIT)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(source, id=name)
        for name, source in {**REACHING, **LARGE, **LONG, **ENDLESS, **WRONG}.items()
    ],
)
def test_what_reaches_out_or_grows_ends_with_an_error(
    tmp_path: Path, source: str
) -> None:
    """Each is refused with the name of its template, soon after the limit at most."""
    begun = time.monotonic()
    with pytest.raises(FigureError, match=r"^templates/own\.html(:1|:2)?: "):
        render(tmp_path, source)
    assert time.monotonic() - begun < LIMIT + 20


@pytest.mark.parametrize("source", LONG.values(), ids=LONG)
def test_time_that_is_over_is_told_with_the_line(tmp_path: Path, source: str) -> None:
    """The message names the line at which the time was over, and the limit."""
    with pytest.raises(FigureError, match=r"html:2: takes longer than the 0\.5 s"):
        render(tmp_path, f"<p>\n{source}")


def test_without_the_walls_the_attacks_succeed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: Jinja's usual environment reaches everything and makes large texts."""

    class Usual(jinja2.Environment):
        meter = sandbox.Meter()

    seen = "{{ cycler.__init__.__globals__.__builtins__.len([1, 2]) }}"
    with pytest.raises(FigureError):
        render(tmp_path, seen)
    large = "{{ ('a' * 10**7)|length }}"
    with pytest.raises(FigureError):
        render(tmp_path, large)
    monkeypatch.setattr(module, "BoundedEnvironment", Usual)
    assert render(tmp_path, seen) == "2"
    assert render(tmp_path, large) == "10000000"


def test_without_a_look_at_the_clock_loops_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Control: it is the look at the clock that ends loops."""
    monkeypatch.setattr(sandbox, "SECONDS", -1.0)
    source = "{% for i in range(9) %}{{ i }}{% endfor %}"
    with pytest.raises(FigureError, match="takes longer"):
        render(tmp_path, source)
    monkeypatch.setattr(sandbox.Meter, "take_step", lambda _self: None)
    assert render(tmp_path, source) == "012345678"


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("{{ text|upper|center(9)|replace('W', 'w') }}", "  wORDS  "),
        ("{% for i in [3, 1]|sort %}{{ loop.index }}/{{ loop.length }}{% endfor %}",
         "1/22/2"),
        ("{% for i in range(3) %}{{ loop.cycle('a', 'b') }}{% endfor %}", "aba"),
        (("{% macro m(x) %}<b>{{ x }}</b>{{ caller() }}{% endmacro %}"
         "{% call m('<') %}c{% endcall %}"), "<b>&lt;</b>c"),
        ("{{ 2 * 3 + 7 % 4 - 2 ** 3 }} {{ 7 / 2 }} {{ 7 // 2 }}", "1 3.5 3"),
        ("{{ '<' ~ 1 ~ ('<i>'|e) }}", "&lt;1&lt;i&gt;"),
        ("{{ {'a': [1, '<']}|tojson }}", '{"a": [1, "\\u003c"]}'),
        ("{{ link('b') }}", "figure-b"),
        ("{{ ([1] + [2])|join('-') }} {{ 'a' + 'b' }}", "1-2 ab"),
        (("{% set ns = namespace(n=0) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}"
         "{% endfor %}{{ ns.n }}"), "3"),
    ],
)  # fmt: skip
def test_a_layout_says_what_it_needs(tmp_path: Path, source: str, page: str) -> None:
    """What templates are for works as in any template of Jinja."""
    assert render(tmp_path, source) == page


@pytest.mark.slow(15)
def test_pages_are_the_same_within_the_walls(
    tmp_path: Path, gallery_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project that brings the shipped templates as its own has the same site."""
    monkeypatch.setattr(sandbox, "SECONDS", 60.0)
    shutil.copytree(module.SHIPPED, tmp_path / "templates")
    gallery.main(tmp_path)
    assert isinstance(build_environment(tmp_path), sandbox.BoundedEnvironment)
    pages = sorted(path for path in gallery_site.rglob("*") if path.is_file())
    assert len(pages) > 100
    for path in pages:
        other = tmp_path / "site" / path.relative_to(gallery_site)
        assert other.read_bytes() == path.read_bytes(), path


def test_without_own_templates_there_are_no_walls(tmp_path: Path) -> None:
    """Pages of the shipped templates are filled as fast as Jinja does it."""
    assert type(build_environment(tmp_path)) is jinja2.Environment


@pytest.mark.parametrize(
    "source", ["", "a", "a{{ b }}c", "{% a %}{# b #}{{ c }}", "{{ a", "{{% a %}", "{%}",
               "a{# b", "{{ a }}{% b", "{{ '}}' }}", "{{{ a }}}"],
)  # fmt: skip
def test_a_template_is_split_and_nothing_lost(source: str) -> None:
    """Text and what is none take turns, and are the template again."""
    parts = split_template(source)
    assert "".join(parts) == source
    assert len(parts) % 2 == 1
    assert all(part[:2] in module.CLOSING for part in parts[1::2])


def make_link(path: Path) -> None:
    """Make a link to a file elsewhere."""
    path.symlink_to("/etc/passwd")


def make_large(path: Path) -> None:
    """Make a file that claims ten gigabytes."""
    with path.open("wb") as file:
        file.truncate(10**10)


MAKERS = {"link": make_link, "pipe": os.mkfifo, "size": make_large}


@pytest.mark.parametrize("name", ["own.html", "static/page.js", "figures/own.css"])
@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_no_small_plain_file_is_refused(
    tmp_path: Path, kind: str, name: str
) -> None:
    """A link, a pipe and a huge file are refused by name, and none of them is read."""
    path = tmp_path / "templates" / name
    path.parent.mkdir(parents=True)
    MAKERS[kind](path)
    for act in (compute_templates_key, build_environment, bundle_assets):
        with pytest.raises(ConfigError, match=f"^templates/{name}: "):
            act(tmp_path)


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """Templates that lie elsewhere are not looked for."""
    (tmp_path / "templates").symlink_to("/")
    with pytest.raises(ConfigError, match=r"^templates: is a link"):
        compute_templates_key(tmp_path)


def test_hidden_files_and_folders_are_no_templates(tmp_path: Path) -> None:
    """What an editor or a system leaves behind is not looked at."""
    (tmp_path / "templates" / ".git").mkdir(parents=True)
    make_link(tmp_path / "templates" / ".#own.html")
    assert own_files.list_own_templates(tmp_path) == ()


def test_many_files_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of more files than are meant is not read to its end."""
    monkeypatch.setattr(own_files, "COUNT_LIMIT", 3)
    for folder in ("a", "a/b", "a/b/c"):
        (tmp_path / "templates" / folder).mkdir(parents=True)
    (tmp_path / "templates" / "own.html").touch()
    with pytest.raises(ConfigError, match="holds more than 3 files"):
        own_files.list_own_templates(tmp_path)


@pytest.mark.parametrize("name", ["own.html", "static/style.css", "static/page.js"])
def test_bytes_that_are_no_text_are_told_with_their_line(
    tmp_path: Path, name: str
) -> None:
    """A file in another encoding is an author's mistake."""
    path = tmp_path / "templates" / name
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a\nb\xe9\n")

    def use() -> object:
        if name.endswith(".html"):
            return render_template(build_environment(tmp_path), name, {})
        return bundle_assets(tmp_path)

    with pytest.raises((ConfigError, FigureError), match=rf"{name}:2: .* UTF-8"):
        use()


def test_looking_at_line_breaks_takes_linear_time() -> None:
    """Neither long runs of spaces nor openings without end take longer than a page."""
    begun = time.monotonic()
    for text in (" " * 99_000, "\t" * 99_000, "{%" * 40_000, "<\n" * 30_000):
        split_template(text)
        module.join_lines(text, before="{%", after="{%", inside=False)
    assert time.monotonic() - begun < 20


def test_a_slice_is_a_copy_that_counts(tmp_path: Path) -> None:
    """Slices that are kept take room as what is printed does."""
    text = "{% set s %}" + "a" * 90_000 + "{% endset %}"
    kept = "".join(f"{{% set a{i} = s[1:] %}}" for i in range(300))
    with pytest.raises(FigureError, match="prints more than"):
        render(tmp_path, text + kept)
