"""Formulas: TeX becomes MathML, money stays money, and nothing gets in with them."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.core.errors import WriteUpError
from generator.site.writeup.math import DEEPEST, serialize_mathml, tex_to_mathml
from tests.figures.examples import HOSTILE
from tests.site.writeup.writing import ARTIFACTS, html, problems, read


def test_a_formula_in_a_line_and_one_apart(tmp_path: Path) -> None:
    """`$…$` stays in its sentence, `$$…$$` scrolls by itself, text around stays."""
    out = html(tmp_path, "A $a<b$ c.\n\n$$\nx^2\n$$\nand so on.\n\n- $$ y $$\n")
    assert out.count('<math display="inline"') == 1
    assert out.count('<math display="block"') == 2
    assert out.count('class="scroll math" tabindex="0"') == 2
    assert "<p>and so on.</p>" in out
    assert "zq" not in out


def test_punctuation_stays_with_its_formula(tmp_path: Path) -> None:
    """No line ends between a formula and the full stop behind it."""
    out = html(tmp_path, "It is $x$, or ($y$). So $z$ is.")
    assert re.search(r'<span class="nowrap"><math[^,]*</math>,</span> or', out)
    assert re.search(r'\(<span class="nowrap"><math.*?</math>\)\.</span> So', out)
    assert out.count('class="nowrap"') == 2


@pytest.mark.parametrize(
    "text", ["$5 and $6", "$5-$6", r"\$x\$", "`$x$`", "US$ 5, $ 6", "a $ b $ c"]
)
def test_money_and_code_are_no_formulas(tmp_path: Path, text: str) -> None:
    """A dollar that encloses no formula is a dollar."""
    out = html(tmp_path, f"It costs {text}.")
    assert "<math" not in out
    assert "$" in out


@pytest.mark.parametrize(
    ("tex", "text"),
    [("0.05", "0.05"), (r"5\,\%", "5\u202f%"), ("-3", "−3"), (r"16.7\%", "16.7%")],
)
def test_a_number_alone_is_text(tmp_path: Path, tex: str, text: str) -> None:
    """It looks like the sentence it stands in, in prose and in a heading."""
    out = html(tmp_path, f"## Of ${tex}$\n\nIt is ${tex}$ here.")
    assert "<math" not in out
    assert f"It is {text} here" in out
    assert f"Of {text}" in out


def test_fenced_code_holds_no_formula(tmp_path: Path) -> None:
    """In code, dollars are code, however many."""
    assert "<math" not in html(tmp_path, "```\n$$x$$ $y$\n```\n\n    $$z$$\n")


def test_formulas_stand_wherever_prose_does(tmp_path: Path) -> None:
    """Headings, tables, notes, captions, links hold formulas; attributes TeX."""
    (tmp_path / "study").mkdir()
    Image.new("L", (2, 2)).save(tmp_path / "study" / "p.png")
    text = (
        "## At $h^2$\n\n| $a$ |\n|---|\n| $b$ |\n\nA[^n] [$c$](https://example.org) "
        "![of $d<e$](p.png)\n\n![cap $f$](figure:hero)\n\n[^n]: $g$\n"
    )
    out = html(tmp_path, text)
    for letter in "abcfgh":
        assert re.search(rf"<mi>{letter}</mi>", out), letter
    assert 'alt="of d&lt;e"' in out
    (heading,) = read(tmp_path, text).headings
    assert (heading.text, heading.id) == ("At h^2", "at-h-2")


def test_a_number_from_an_artifact_stands_in_a_formula(tmp_path: Path) -> None:
    """A value is put in as a number; text is refused, so that it cannot be TeX."""
    count = ARTIFACTS["tfidf"].rows[0].n  # type: ignore[union-attr]  # estimates
    assert f"<mn>{count}</mn>" in html(tmp_path, "$n = {{ tfidf.rows.0.n }}$")
    (found,) = problems(tmp_path, "\n$n = {{ greedy.targets.0.text }}$")
    assert re.search(r"index\.md:2: formula .* which is no number", found)


@pytest.mark.parametrize(
    ("tex", "said"),
    [
        (r"\foo x", r'unknown command "\\foo"'),
        (r"\frac{a}{", "cannot be read: no available tokens"),
        ("x^2^3", "cannot be read: double superscripts"),
        (r"\begin{matrix} a", "cannot be read: missing end"),
        (r"\href{javascript:alert(1)}{x}", "sets href"),
        (r"\style{color:red}{x}", "sets style"),
        (r"\class{c}{x}", "sets class"),
        (r"\color{red} x", "sets mathcolor"),
        ("x" * 2001, "longer than 2,000"),
        ("{ " * 480 + "x" + " }" * 480, "cannot be read"),
    ],
)
def test_a_mistake_in_a_formula_is_told_with_its_line(
    tmp_path: Path, tex: str, said: str
) -> None:
    """What cannot be shown, or may not, is the author's to mend, at its line."""
    for text in (f"One.\n\n${tex}$ here", f"One.\n\n$$\n{tex}\n$$"):
        (found,) = problems(tmp_path, text)
        assert re.match(r"studies/study/index\.md:[34]: formula ", found)
        assert re.search(said, found)


def test_a_formula_must_be_closed(tmp_path: Path) -> None:
    """An open $$ names its line."""
    (found,) = problems(tmp_path, "a\n\n$$\nx^2\n\nb")
    assert found.startswith("studies/study/index.md:")
    assert "close it with $$" in found


@pytest.mark.parametrize("token", HOSTILE)
def test_text_in_a_formula_is_text(token: str) -> None:
    """Whatever stands in a formula's text leaves the formula as text, or is refused."""
    try:
        made = tex_to_mathml(rf"\text{{{token}}}")
    except ValueError:
        return
    assert set(re.findall(r"<(\w+)", made)) <= {
        "math", "semantics", "mrow", "mtext", "mi", "mo", "mn", "mspace", "annotation",
    }  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="ab1{}^_\\$&<>\"' \n/frackmsx=", max_size=60))
def test_no_text_with_dollars_breaks_a_page(tmp_path: Path, text: str) -> None:
    """Any mixture of TeX and markup is a page that the oracle passes, or a message."""
    with suppress(WriteUpError):
        html(tmp_path, f"$a$ {text} $b$")


def test_braces_in_braces_have_a_limit() -> None:
    """Nested up to it a formula is drawn; one level more is refused."""

    def nested(levels: int) -> Element:
        inner = outer = Element("mrow")
        for _ in range(levels):
            inner = SubElement(inner, "mrow")
        return outer

    assert serialize_mathml(nested(DEEPEST)).count("<mrow>") == DEEPEST + 1
    with pytest.raises(ValueError, match="too many braces"):
        serialize_mathml(nested(DEEPEST + 1))
