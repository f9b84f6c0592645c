"""Code can be read in both themes: contrasts are computed from the style sheets."""

from __future__ import annotations

import re

import pytest
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from generator.site.templates import SHIPPED

PROSE = (SHIPPED / "static" / "prose.css").read_text("utf-8")
STYLE = (SHIPPED / "static" / "style.css").read_text("utf-8")
PAIR = r"--{name}: light-dark\((#[0-9a-f]{{6}}), (#[0-9a-f]{{6}})\)"
CODE = {
    "python": "@d\nclass A(B):\n    'doc'  # c\n    def f(self): return 1.5e3\n",
    "yaml": "# c\nfigures:\n  a: {b: 1, c: 'd', e: true}\n",
    "bash": 'cd $HOME && echo "a" | sort # c\nif true; then python build.py; fi\n',
    "json": '{"a": [1, 2.5, null, "b"]}\n',
    "markdown": "# h\n\n*a* **b** `c` [d](e)\n\n- f\n",
    "diff": "- a\n+ b\n@@ c\n",
}


def luminance(colour: str) -> float:
    """The relative luminance of #rrggbb, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pair(name: str, text: str) -> tuple[str, str]:
    """The light and the dark value of a colour."""
    found = re.search(PAIR.format(name=name), text)
    assert found, name
    return found[1], found[2]


def test_the_formula_of_contrast_is_right() -> None:
    """Black on white has 21, a colour on itself 1."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


@pytest.mark.parametrize("name", re.findall(r"--(code-\w+):", PROSE))
def test_code_can_be_read_in_both_themes(name: str) -> None:
    """Every colour of code has 4.5:1 on the panel it stands on."""
    for colour, panel in zip(pair(name, PROSE), pair("panel", STYLE), strict=True):
        assert contrast(colour, panel) >= 4.5


def test_every_colour_of_code_is_used() -> None:
    """A colour that is declared is one that some token has."""
    for name in re.findall(r"--(code-\w+):", PROSE):
        assert f"var(--{name})" in PROSE


@pytest.mark.parametrize("language", sorted(CODE))
def test_what_pygments_marks_has_a_colour(language: str) -> None:
    """Each class but those of plain names, marks and blanks is in the style sheet."""
    lexer = get_lexer_by_name(language)
    html = highlight(CODE[language], lexer, HtmlFormatter(nowrap=True))
    plain = {"n", "p", "w", "o", "nv", "x", "py", "pm", "ni", "nx"}
    styled = set(re.findall(r"\.([a-z]+\d?)\b", PROSE))
    assert set(re.findall(r'class="(\w+)"', html)) <= plain | styled
