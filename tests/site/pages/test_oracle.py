"""The oracle finds what must not be in a page, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import html5lib
import pytest

from generator.site.html_safety import POLICY, find_problems, parse_elements
from generator.site.templates import SHIPPED
from tests.figures.examples import HOSTILE

HEAD = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    "<title>t</title></head><body>"
)
FORMULA = (
    '<p><math alttext="x"><semantics><mrow><mi>x</mi></mrow>'
    '<annotation encoding="application/x-tex">x</annotation></semantics></math> '
    "<b>x</b></p>"
)
HIDDEN = '<meta name="robots" content="noindex">'
MOVED = '<meta http-equiv="refresh" content="0; url=x.html">'
MUTATING = (
    "<svg></p><style><a title='</style><img src=x onerror=alert(1)>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style>",
    "<math><annotation-xml encoding='text/html'><style></math><img src=x onerror=1>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=1>",
    "<textarea></textarea><img src=x onerror=1>", "<title><p></title><b onclick=1>",
    "<xmp><p title='</xmp><img src=x onerror=1>'>", "<svg><![CDATA[<b onclick=1>]]>",
    "<a href='x' HREF='y' onClick=1>", "<table><tr><td><table><b onclick=1>",
    "<scr\x00ipt>1</scr\x00ipt>", "<image src=x onerror=1>",
    "<svg><foreignObject><b onclick=1>",
)  # fmt: skip
"""Markup that parsers have read in different ways. Without `select` and `isindex`, of
which the standard has changed its mind since html5lib was written."""


@pytest.mark.parametrize(
    "harm",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<svg><set onbegin="x()"/></svg>',
        '<svg><a xlink:href="javascript:x()"><text>t</text></a></svg>',
        '<a href="java\tscript:alert(1)">x</a>',
        '<a href=" javascript:alert(1)">x</a>',
        '<a href="data:text/html,x">x</a>',
        "<iframe></iframe>",
        "<object></object>",
        "<base href=/>",
        "<form></form>",
        "<style>p{}</style>",
        '<p style="color:red">x</p>',
        '<img src="https://t.example/p.gif">',
        '<img src="//t.example/p.gif">',
        '<script src="https://t.example/x.js"></script>',
        '<script src="https://t.example/assets/script.0123456789ab.js"></script>',
        '<script src="//t.example/assets/script.0123456789ab.js"></script>',
        '<script src="data/table.csv"></script>',
        '<script src="assets/script.0123456789ab.js?x"></script>',
        '<svg><script href="assets/script.0123456789ab.js"></script></svg>',
        '<link rel="stylesheet" href="https://t.example/x.css">',
        '<meta http-equiv="refresh" content="0;url=x">',
        '<meta http-equiv="refresh" content="0; url=x.html">',
        f'{HIDDEN}<meta http-equiv="refresh" content="0; url=x.html">',
        f'{HIDDEN}{MOVED.replace("x.html", "//a.b/")}<a href="//a.b/">x</a>',
        f'{HIDDEN}<meta http-equiv="refresh" content="9; url=x"><a href="x">x</a>',
        f'{HIDDEN}{MOVED}{MOVED}<a href="x.html">x</a>',
        f'{MOVED}<a href="x.html">x</a>',
        '<script type="application/ld+json">{"a": </script>',
        '<script type="text/plain">x</script>',
        '<p id="a"></p><p id="a"></p>',
        "<math><mi><b>x</b></mi></math>",
        "<math><mtext><img src=x></mtext></math>",
        "<math><annotation-xml encoding='text/html'></annotation-xml></math>",
        "<math><maction actiontype='statusline'><mi>x</mi></maction></math>",
        '<math><mi href="https://example.org">x</mi></math>',
        '<math><mi xlink:href="https://example.org">x</mi></math>',
        '<math><mi class="x">x</mi></math>',
        "<math><svg></svg></math>",
        "<svg><foreignObject></foreignObject></svg>",
        '<script type="application/json">{"a": NaN,}</script>',
    ],
)
def test_harm_is_found(harm: str) -> None:
    """Each of these, once on a page, stops the page."""
    assert find_problems(f"{HEAD}{harm}</body></html>")


@pytest.mark.parametrize(
    "text",
    [
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>",
        '<a href="https://example.org" rel="noopener">x</a>',
        '<a href="mailto:a@example.org">x</a>',
        '<a href="../x/index.html#fig-1">x</a>',
        '<img src="images/p.png" alt="">',
        '<script src="../../assets/script.0123456789ab.js"></script>',
        '<svg viewBox="0 0 1 1"><rect class="s3" width="1" height="1"/></svg>',
        '<p title="javascript: is a scheme">x</p>',
        f'{HIDDEN}{MOVED}<a href="x.html">x</a>',
        '<script type="application/ld+json">{"@type": "Person"}</script>',
        FORMULA,
    ],
)
def test_what_pages_hold_is_let_through(text: str) -> None:
    """Escaped markup, links, pictures and drawings are no finding."""
    assert find_problems(f"{HEAD}{text}</body></html>") == []


def test_the_policy_must_be_there_and_first() -> None:
    """A page without the policy, or with another, is refused."""
    assert find_problems("<!DOCTYPE html><html><head><meta charset=utf-8></head><body>")
    loose = HEAD.replace("script-src 'self'", "script-src *")
    assert find_problems(f"{loose}</body></html>")


@pytest.mark.parametrize("text", [text for text in MUTATING if "<math" in text])
def test_a_formula_hides_nothing(text: str) -> None:
    """What parsers have read in two ways inside a formula is found, however nested."""
    assert find_problems(f"{HEAD}{text}</body></html>")
    assert find_problems(f"{HEAD}<math><mrow>{text}</mrow></math></body></html>")


def second_reading(html: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a page as html5lib, the standard's reference, reads them."""
    root = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    bare = re.compile(r"\{[^}]*\}")
    return [
        (
            bare.sub("", e.tag).lower(),
            {bare.sub("", str(name)).lower().split(":")[-1]: value
             for name, value in e.attrib.items()},
        )
        for e in root.iter()
        if isinstance(e.tag, str)
    ]  # fmt: skip


def first_reading(html: str) -> list[tuple[str, dict[str, str]]]:
    """The same as the oracle reads it."""
    return [
        (e.tag, {name.split(":")[-1]: value for name, value in e.attributes.items()})
        for e in parse_elements(html)
    ]


@pytest.mark.parametrize("text", [*HOSTILE, *MUTATING])
def test_both_readings_of_hostile_markup_agree(text: str) -> None:
    """Put raw into a page, a payload becomes the same elements for both parsers."""
    text = text.encode("utf-8", "replace").decode()  # a page's bytes are UTF-8
    page = f"{HEAD}<p>{text}</p><p title='{text}'>x</p></body></html>"
    assert first_reading(page) == second_reading(page)


@pytest.mark.slow(2)
def test_both_readings_of_a_whole_page_agree(gallery_site: Path) -> None:
    """On every page of the gallery the oracle sees what html5lib sees."""
    pages = sorted(gallery_site.rglob("*.html"))
    assert pages
    for path in pages:
        text = path.read_text("utf-8")
        assert first_reading(text) == second_reading(text), path


def templates() -> list[Path]:
    """All shipped templates."""
    return sorted(SHIPPED.rglob("*.html"))


@pytest.mark.parametrize("path", templates(), ids=lambda p: p.name)
def test_templates_trust_nothing_and_quote_everything(path: Path) -> None:
    """No template switches escaping off, leaves an attribute bare, or holds a style."""
    text = path.read_text("utf-8")
    assert not re.search(r"\|\s*safe|autoescape|Markup", text)
    assert not re.search(r"\w=\{\{", re.sub(r"\{%.*?%\}", "", text))
    assert not re.search(r"\s(?:style|on\w+)=[\"']", text)
    assert "<style" not in text
    data = r' type="application/ld\+json">{{ head\.data\|tojson }}<'
    assert not re.search(rf"<script(?! src=|{data})", text)


def test_the_scripts_set_text_alone() -> None:
    """No markup is ever parsed by a script, and nothing is fetched."""
    paths = (SHIPPED / "static").rglob("*.js")
    text = "\n".join(path.read_text("utf-8") for path in paths)
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacent",
        "eval(",
        "fetch(",
        "import(",
    ):
        assert word not in text
