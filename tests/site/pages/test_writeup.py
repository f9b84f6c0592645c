"""Write-ups: prose becomes HTML, mistakes become messages with their line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PIL import Image

from generator.core.errors import WriteUpError
from generator.site.html_safety import find_problems
from generator.site.values import format_expression
from generator.site.writeup.figures_and_links import KnownNames
from generator.site.writeup.pictures import AuthorPicture
from generator.site.writeup.writeup import (
    PlacedFigure,
    WriteUp,
    docstring_html,
    read_write_up,
)
from tests.figures import examples, scored, trusted
from tests.figures.examples import HOSTILE

ARTIFACTS = {"greedy": examples.attention(), "tfidf": examples.estimates()}


def read(folder: Path, text: str) -> WriteUp:
    """`text` as a write-up."""
    path = folder / "index.md"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    known = KnownNames(
        {"hero", "second"},
        ARTIFACTS,
        {"2026-01-02-other": "studies/2026/01/02/other/index.html"},
        "studies/2026/02/03/this/index.html",
        lambda expression: format_expression(ARTIFACTS, expression),
    )
    return read_write_up(path, "studies/x/index.md", known)


def html(folder: Path, text: str) -> str:
    """The HTML of a write-up without figures."""
    return "".join(str(p) for p in read(folder, text).pieces)


def problems(folder: Path, text: str) -> tuple[str, ...]:
    """The messages of a write-up that cannot be read."""
    with pytest.raises(WriteUpError) as caught:
        read(folder, text)
    return caught.value.problems


def test_markup_in_prose_is_text(tmp_path: Path) -> None:
    """A token such as <pad> shows, and <s> strikes nothing out."""
    out = html(tmp_path, "the <pad> token, <s> and `<b>`\n\n<div>**b**</div>\n")
    assert "&lt;pad&gt;" in out
    assert "&lt;s&gt;" in out
    assert "<code>&lt;b&gt;</code>" in out
    assert "<div>" not in out


def test_values_come_from_artifacts(tmp_path: Path) -> None:
    """A value in prose, a heading, a table or a note is the artifact's; not in code."""
    value = f"{float(examples.attention().scores.max()):.2f}"
    cell = "{{ greedy.scores.max:.2f }}"
    table = f"| a |\n|---|\n| {cell} |"
    text = f"## At {cell}\n\nIt is {cell}.[^n]\n\n{table}\n\n[^n]: {cell}\n"
    assert html(tmp_path, text).count(value) == 4
    code = html(tmp_path, f"`{cell}`\n\n```\n{cell}\n```\n\n    {cell}\n")
    assert code.count("{{ greedy.scores.max:.2f }}") == 3


def test_what_follows_from_an_artifact_can_be_named() -> None:
    """Labels, probabilities, sums over padding and hits are the artifact's own."""
    made = {
        "attention": scored.attention(),
        "unmasked": scored.unmasked(),
        "test": scored.predictions(),
    }
    text, padded, test = (
        made["attention"].texts[1],
        made["unmasked"].texts[0],
        made["test"],
    )
    found = {
        path: format_expression(made, path)
        for path in (
            "attention.predicted.1",
            "attention.texts.1.probability:.2f",
            "attention.texts.1.padding",
            "unmasked.texts.0.padding:.4f",
            "attention.texts.0.evenness:.2f",
            "test.right",
            "test.count",
            "test.accuracy:.4f",
        )
    }
    mass = sum(
        float(score)
        for score, token in zip(padded.scores, padded.tokens, strict=True)
        if token.kind == "pad"
    )
    right = sum(
        int(row.argmax()) == truth
        for row, truth in zip(test.probabilities, test.truths, strict=True)
    )
    assert found["attention.predicted.1"] == "positive"
    assert found["attention.texts.1.probability:.2f"] == f"{text.probabilities[1]:.2f}"
    assert found["attention.texts.1.padding"] == "0"
    assert found["unmasked.texts.0.padding:.4f"] == f"{mass:.4f}"
    assert 0 < float(found["attention.texts.0.evenness:.2f"]) < 1
    assert found["test.right"] == str(right)
    assert found["test.count"] == "400"
    assert found["test.accuracy:.4f"] == f"{right / 400:.4f}"


def test_a_score_is_named_after_its_artifact() -> None:
    """Of several artifacts with one measure each is found; alone, the first is."""
    made = {"grades": trusted.grades()}
    values = {row.of: row.value for row in trusted.grades().rows if row.name == "AUPRC"}
    for of, value in values.items():
        assert (
            format_expression(made, f"grades.rows.{of}-auprc.value:.4f")
            == f"{value:.4f}"
        )
    first = format_expression(made, "grades.rows.auprc.value:.4f")
    assert first == f"{values['exact']:.4f}"


@pytest.mark.parametrize(
    "path", ["a.predicted.9", "a.predicted", "a.texts.0.probabilty", "a.accuracy"]
)
def test_what_does_not_follow_is_an_error(path: str) -> None:
    """A place beyond the texts, a whole list or another kind's word is refused."""
    with pytest.raises(WriteUpError):
        format_expression({"a": scored.attention()}, path)


def test_a_value_is_never_read_as_markdown(tmp_path: Path) -> None:
    """Text from an artifact is text: no emphasis, no link, no markup."""
    artifacts = {"h": examples.hostile()}
    path = tmp_path / "index.md"
    for i in range(len(HOSTILE)):
        path.write_text(f"A {{{{ h.targets.{i} }}}} b", "utf-8")
        known = KnownNames(
            (), artifacts, {}, "a/index.html", lambda e: format_expression(artifacts, e)
        )
        (piece,) = read_write_up(path, "x", known).pieces
        for tag in ("<a", "<img", "<script", "<em", "<code", "<svg"):
            assert tag not in str(piece)


def test_a_figure_is_placed_with_its_caption(tmp_path: Path) -> None:
    """The image text is prose: emphasis, code, values and notes work in it."""
    text = (
        "One.\n\n![A *b* `<pad>` {{ tfidf.rows.0.n }}[^1]](figure:hero)\n\nTwo.\n\n"
        "![](figure:second)\n\n[^1]: Note.\n"
    )
    made = read(tmp_path, text)
    assert made.figures == ("hero", "second")
    first = next(p for p in made.pieces if isinstance(p, PlacedFigure))
    assert "<em>b</em>" in first.caption
    assert "<code>&lt;pad&gt;</code> 96" in first.caption
    assert "zq" not in "".join(str(p) for p in made.pieces)


def test_every_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    """All mistakes of a write-up are told at once, in order, with what to do."""
    text = (
        "Fine.\n\n{{ greedy.score }} and {{ gredy.scores.max }}\n\n![c](figure:her)\n\n"
        "[a](javascript:alert(1)) [b](http://x.org)\n\n[c](../2026-01-02-othr/index.md)\n\n"
        "![p](missing.png) ![q](https://t.example/p.gif)\n\n[^none] [d](#nowhere)\n\n"
        "in ![c](figure:hero) line\n"
    )
    found = problems(tmp_path, text)
    lines = [int(p.split(":")[1]) for p in found]
    assert lines == sorted(lines)
    joined = "\n".join(found)
    for piece in (
        'index.md:3: "greedy.score": no "score" there; did you mean "scores"?',
        'index.md:3: "gredy.scores.max": no artifact "gredy"; did you mean "greedy"?',
        'index.md:5: no figure "her" in study.yaml; did you mean "hero"?',
        'index.md:7: link "javascript:alert(1)" leads nowhere',
        'index.md:7: link "http://x.org" leads nowhere',
        'index.md:9: link: no study "2026-01-02-othr"',
        'index.md:11: picture "missing.png" does not exist',
        'index.md:11: picture "https://t.example/p.gif" is not in the study\'s folder',
        'index.md:13: no note "none"',
        'index.md:13: no place "nowhere" on the page',
        'index.md:15: figure "hero" stands inside a sentence',
    ):
        assert piece in joined


@pytest.mark.parametrize(
    "text",
    ["{{ greedy.temperature.x }}", "{{ tfidf.rows.1.p }}", "{{ }}", "{{ greedy }}",
     "{{ greedy.scores }}", "{{ greedy.scores.max:s }}", "{{ greedy.scores.99.0 }}",
     "{{ greedy.__class__ }}", "{{ greedy.scores.dtype }}",
     "{{ tfidf.rows.nobody.n }}"],
)  # fmt: skip
def test_what_has_no_value_is_an_error(tmp_path: Path, text: str) -> None:
    """A missing value, a whole list or a name of the language is never printed."""
    assert "index.md:2: " in problems(tmp_path, f"\n{text}\n")[0]


def test_a_figure_is_placed_once(tmp_path: Path) -> None:
    """A second place would give two elements one name."""
    text = "![a](figure:hero)\n\n![b](figure:hero)\n"
    assert "placed twice" in problems(tmp_path, text)[0]


def test_links_between_studies_are_relative(tmp_path: Path) -> None:
    """A link to another study's write-up leads to its page."""
    out = html(tmp_path, "[x](../2026-01-02-other/index.md#fig-a)")
    assert 'href="../../../01/02/other/index.html#fig-a"' in out


def test_links_elsewhere_send_no_referrer(tmp_path: Path) -> None:
    """A link to another host does not say where the reader came from."""
    out = html(tmp_path, "[x](https://example.org)")
    assert 'rel="noopener noreferrer"' in out


def test_a_link_can_set_a_figures_state(tmp_path: Path) -> None:
    """Without scripts such a link is a link to the figure."""
    text = "[x](#fig-hero?step=3)\n\n![c](figure:hero)\n"
    out = html(tmp_path, text)
    assert 'href="#fig-hero"' in out
    assert 'data-go="fig-hero?step=3"' in out


def test_notes_follow_their_paragraph(tmp_path: Path) -> None:
    """A note stands right after the block that refers to it, numbered by use."""
    out = html(
        tmp_path, "A[^b] b[^a].\n\nC[^b].\n\n[^a]: Aa.\n[^b]: Bb.\n\n    More.\n"
    )
    places = [out.index(x) for x in ("ref-1", "Bb.", "Aa.", "ref-1-2")]
    assert places[0] < places[1] < places[2] < places[3]
    assert out.count('id="fn-1"') == 1


def test_pictures_are_local_and_named(tmp_path: Path) -> None:
    """A picture is taken from the study's folder; a link to outside is refused."""
    Image.new("L", (2, 2)).save(tmp_path / "Pic.png")
    made = read(tmp_path, "![alt](Pic.png)")
    assert made.pictures == {"pic.png": AuthorPicture(tmp_path / "Pic.png", None)}
    assert 'src="images/pic.png"' in str(made.pieces[0])
    (tmp_path / "no.png").write_bytes(b"png")
    said = 'index.md:3: picture "no.png" holds no PNG'
    assert said in problems(tmp_path, "One.\n\n![alt](no.png)")[0]
    (tmp_path / "link.png").symlink_to("/etc/hostname")
    assert "outside" in problems(tmp_path, "![alt](link.png)")[0]
    assert "does not exist" in problems(tmp_path, "![alt](../nope.png)")[0]


def test_headings_get_stable_ids_of_their_own(tmp_path: Path) -> None:
    """Ids come from the text, never twice, never one that the page uses itself."""
    made = read(
        tmp_path, "# Größe\n\n## Main\n\n## Main\n\n## 注意力\n\n## 🎉\n\n## fig-x\n"
    )
    assert [h.id for h in made.headings] == [
        "grosse", "main-2", "main-3", "zhu-yi-li", "section", "on-fig-x",
    ]  # fmt: skip
    assert [h.level for h in made.headings] == [2, 2, 2, 2, 2, 2]


def test_sizes_and_encodings_are_checked(tmp_path: Path) -> None:
    """Too long, not UTF-8, or no file at all is told, not guessed."""
    assert "longer than" in problems(tmp_path, "x" * 200_001)[0]
    (tmp_path / "index.md").write_bytes(b"a\nb\xff")
    known = KnownNames((), {}, {}, "a/index.html", lambda e: e)
    with pytest.raises(WriteUpError, match=r"index.md:2:2: not UTF-8: byte 0xff"):
        read_write_up(tmp_path / "index.md", "index.md", known)
    with pytest.raises(WriteUpError, match="cannot be read"):
        read_write_up(tmp_path / "none.md", "none.md", known)


def test_reading_ends_in_time(tmp_path: Path) -> None:
    """A text that keeps a Markdown reader busy is stopped with a message."""
    path = tmp_path / "index.md"
    path.write_text("[a" * 20_000, "utf-8")
    known = KnownNames((), {}, {}, "a/index.html", lambda e: e)
    begun = time.monotonic()
    with pytest.raises(WriteUpError, match=r"index.md: took longer than 0\.2 s"):
        read_write_up(path, "index.md", known, 0.2)
    assert time.monotonic() - begun < 20


@pytest.mark.parametrize("text", ["<!-- a", "<![", "-- >", "*a_" * 500, "> " * 400])
def test_odd_texts_are_rendered(tmp_path: Path, text: str) -> None:
    """An unclosed comment and the like leave the rest of the page whole."""
    assert "after" in html(tmp_path, f"{text}\n\nafter\n")


@pytest.mark.parametrize("token", HOSTILE)
def test_no_text_of_an_author_becomes_a_program(tmp_path: Path, token: str) -> None:
    """Hostile text in prose, heading, code, table and note passes the oracle."""
    safe = token.replace("](", "] (").replace("\n", " ")  # links are another test
    places = f"## {safe}\n\n{safe}\n\n> {safe}\n\n`{safe}`\n\n"
    text = f"{places}| {safe} |\n|---|\n| {safe} |\n"
    try:
        out = html(tmp_path, text)
    except WriteUpError:
        return
    page = f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{out}</body>'
    assert [f for f in find_problems(page) if "policy" not in f] == []


def test_docstrings_read_like_write_ups() -> None:
    """A module's docstring becomes HTML, its markup shown."""
    out = docstring_html("1. The mark `<s>` opens.\n2. Then <pad>.\n")
    assert "<ol>" in out
    assert "&lt;pad&gt;" in out
