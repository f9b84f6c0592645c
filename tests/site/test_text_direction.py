"""The direction of each block of a page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.site.html_safety import parse_elements
from generator.site.text_direction import MARK, set_directions

ARABIC = "هذه جملة عن LIME، وفيها رقم 12."


def directions(html: str) -> list[tuple[str, str]]:
    """The elements that say a direction, and which."""
    found = parse_elements(f"<body>{html}</body>")
    return [(e.tag, e.attributes["dir"]) for e in found if "dir" in e.attributes]


def test_a_page_of_one_direction_stays_as_it_is() -> None:
    """Nothing is added where the letters have the direction of the page."""
    page = "<h1>Ten words</h1><p class=x>A <b>text</b>, −0.5.</p><table><tr><td>1"
    assert set_directions(page, "ltr") == page
    page = f"<h1>{ARABIC}</h1><p>12</p><p></p>"
    assert set_directions(page, "rtl") == page


@pytest.mark.parametrize(
    ("html", "said"),
    [
        (f"<h1>{ARABIC}</h1><p>English.</p>", [("h1", "rtl")]),
        (f"<p>A token, <bdi>{ARABIC}</bdi>, in English.</p>", []),
        (f"<p>Say <code>{ARABIC}</code>.</p>", []),
        ("<p>&lt;שלום&gt;</p>", [("p", "rtl")]),
        ("<p>&amp; &nbsp;שלום</p>", [("p", "rtl")]),
        (f'<p title="a > {ARABIC}">English</p>', []),
        (f"<tr><td>{ARABIC}<td>English<td>{ARABIC}</table>", [("td", "rtl")] * 2),
        (f'<table class="matrix"><tr><th>{ARABIC}</table>', []),
        (f"<svg><text>{ARABIC}</text></svg>", []),
        (f'<div class="body"><ul><li>{ARABIC}</li><li>a</li></ul></div>',
         [("ul", "rtl")]),
        (f'<div class="body"><ul><li>word</li><li>{ARABIC}</li></ul></div>', []),
        (f'<p dir="rtl">{ARABIC}</p>', [("p", "rtl")]),
        (f'<ol class="figure"><li data-for="1"><div>a {ARABIC}</div></li></ol>',
         [("div", "rtl")]),
    ],
)  # fmt: skip
def test_blocks_of_the_other_direction_say_so(
    html: str, said: list[tuple[str, str]]
) -> None:
    """On a page from left to right, `dir` stands at what runs the other way alone."""
    wrapped = f"<table>{html}" if html.startswith("<tr") else html
    assert directions(set_directions(wrapped, "ltr")) == said


def test_foreign_names_do_not_turn_a_sentence() -> None:
    """An Arabic sentence may begin with LIME; one in English is English."""
    html = f"<p>LIME {ARABIC}</p><p>English, and a full stop.</p>"
    assert directions(set_directions(html, "rtl")) == [("p", "ltr")]


def test_a_sign_stands_before_its_number() -> None:
    """Signs in text from right to left are kept before numbers, and only there."""
    html = f"<p>{ARABIC} −0.5 و +.3</p><p>a −0.5</p><p class='a-1'>{ARABIC} 3-4</p>"
    turned = set_directions(html, "ltr")
    assert turned.count(MARK) == 2
    assert f"{MARK}−0.5 و {MARK}+.3" in turned


@given(st.text(alphabet="aש1 −&<>\"'/=pbdi-", max_size=60))
def test_nothing_but_directions_is_added(text: str) -> None:
    """Whatever a page holds, all of it is there, in its order, and little more."""
    html = f"<p>{text}</p>"
    turned = set_directions(html, "rtl")
    assert re.sub(f' dir="(?:ltr|rtl)"|{MARK}', "", turned) == html
