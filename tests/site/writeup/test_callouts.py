"""Annotations below a figure: what is one, what it says, and where a mistake stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.core.errors import FigureError
from generator.figures import FIGURES
from generator.site.annotated_figures import Imprint, build_callouts, item_marks
from generator.site.writeup.writeup import PlacedFigure, WriteUp
from tests.figures import examples, gallery
from tests.site.pages.test_writeup import problems, read

IMAGE = "![A *caption*.](figure:hero)"


def find_figure(write_up: WriteUp) -> PlacedFigure:
    """The figure of a write-up."""
    return next(piece for piece in write_up.pieces if isinstance(piece, PlacedFigure))


def prose(write_up: WriteUp) -> str:
    """What of a write-up is no figure."""
    return "".join(str(p) for p in write_up.pieces if not isinstance(p, PlacedFigure))


@pytest.mark.parametrize("between", ["\n", "\n\n", "\n\n\n"])
@pytest.mark.parametrize("bullet", ["-", "*", "+"])
def test_a_list_below_a_figure_is_its_annotations(
    tmp_path: Path, between: str, bullet: str
) -> None:
    """Right below or after a blank line, items of `@target: prose` are notes."""
    text = (
        f"Before.\n\n{IMAGE}{between}{bullet} @orlova: The *name*.\n"
        f"{bullet} @a/b, 3..5: At {{{{ greedy.scores.max:.2f }}}},\n"
        "  on two lines.\n\nAfter."
    )
    made = read(tmp_path, text)
    figure = find_figure(made)
    assert [note.target for note in figure.notes] == ["orlova", "a/b, 3..5"]
    largest = f"{float(examples.attention().scores.max()):.2f}"
    told = [str(note.text) for note in figure.notes]
    assert told == ["The <em>name</em>.", f"At {largest}, on two lines."]
    assert str(figure.caption) == "<p>A <em>caption</em>.</p>"
    assert prose(made).replace("\n", "") == "<p>Before.</p><p>After.</p>"


def test_other_lists_stay_lists(tmp_path: Path) -> None:
    """A list that names no target, or does not follow a figure, is prose."""
    made = read(tmp_path, f"- @a: one\n\n{IMAGE}\n\n- two\n- @b: three\n")
    assert find_figure(made).notes == ()
    for text in ("@a: one", "two", "@b: three"):
        assert f"<li>{text}" in prose(made).replace("<p>", "")


def test_a_note_can_have_a_footnote_a_link_and_code(tmp_path: Path) -> None:
    """An annotation is prose like any other; footnotes stand behind the figure."""
    text = (
        f"{IMAGE}\n- @x: See `<pad>`,[^n] or [there](#here).\n\n## Here\n\n[^n]: Far.\n"
    )
    made = read(tmp_path, text)
    told = str(find_figure(made).notes[0].text)
    assert "<code>&lt;pad&gt;</code>" in told
    assert 'href="#here"' in told
    assert 'id="fn-1"' in prose(made)


def test_every_mistake_of_a_list_is_told_with_its_line(tmp_path: Path) -> None:
    """What is no annotation, and what it names that is not there."""
    said = problems(
        tmp_path,
        f"One.\n\n{IMAGE}\n- @a {{{{ greedy.p }}}} no colon\n- @b:\n"
        "- @c: {{ greedy.no }}.\n",
    )
    assert [one.split(": ", 1)[0] for one in said] == [
        f"studies/x/index.md:{line}" for line in (4, 5, 6)
    ]
    assert "expected `- @token: prose`" in said[0]


@pytest.mark.parametrize(
    "token", ["<img src=x onerror=alert(1)>", "</li></ol><script>"]
)
def test_a_hostile_note_is_text(tmp_path: Path, token: str) -> None:
    """Neither a target nor its prose becomes markup."""
    made = find_figure(read(tmp_path, f"{IMAGE}\n- @{token}: {token}\n"))
    assert "<" not in str(made.notes[0].text).replace("<p>", "")


def draw_callouts(folder: Path, text: str) -> tuple[PlacedFigure, str]:
    """A figure with what a write-up says of it, and its mistakes."""
    view = FIGURES["text"](figure="text", artifact="a").view(examples.attention())
    figure = find_figure(read(folder, text))
    try:
        build_callouts(view, figure)
    except FigureError as error:
        return figure, "\n".join(error.problems)
    return figure, ""


def test_a_note_about_nothing_is_a_mistake_with_its_line(tmp_path: Path) -> None:
    """The message names the file, the line, the figure and the nearest token."""
    _, said = draw_callouts(
        tmp_path, f"A.\n\n{IMAGE}\n- @orlova: Here.\n- @orlowa: Not here.\n"
    )
    assert said.startswith('studies/x/index.md:5: figure "hero": there is no token')
    assert 'did you mean "orlova"' in said


def test_a_link_to_a_state_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    """A link in the prose may set what its figure has, wherever it stands."""
    link = "[See](#fig-hero?step={})."
    text = f"{link.format(3)}\n\n{IMAGE}\n\n{link.format(77)}\n"
    figure, said = draw_callouts(tmp_path, text)
    assert [asked.state for asked in figure.state_links] == ["step=3", "step=77"]
    assert said == (
        'studies/x/index.md:5: figure "hero" has no step "77"; it has 1, …, 15'
    )


def test_numerals_stand_at_the_first_item_of_a_run(tmp_path: Path) -> None:
    """All items of a run carry the note; two notes on one item are both told."""
    view = FIGURES["text"](figure="text", artifact="a").view(examples.attention())
    text = f"{IMAGE}\n- @3..5: A run.\n- @4, 9: Two places.\n"
    made = build_callouts(view, find_figure(read(tmp_path, text)))
    found = item_marks(made)
    assert found["3"].numerals == (1,)
    assert found["4"].notes == (1, 2)
    assert found["4"].numerals == (2,)
    assert found["5"].numerals == ()
    assert found["9"].numerals == (2,)
    assert made[0].about == "slow … by"


def test_lines_do_not_enter_what_a_figure_is_kept_by(tmp_path: Path) -> None:
    """A paragraph more above a figure changes nothing of it."""
    text = f"{IMAGE}\n- @orlova: Here.\n\n[See](#fig-hero?step=3).\n"
    before, after = (
        find_figure(read(tmp_path, text)),
        find_figure(read(tmp_path, f"A.\n\n{text}")),
    )
    assert repr(before) == repr(after)
    assert before.notes[0].where != after.notes[0].where


def test_a_citation_names_what_and_where() -> None:
    """With a base address it is whole; without one, no host is made up."""
    day = gallery.dt.date(2026, 11, 13)
    site = Imprint("Ten words", ("A. Writer",), "https://example.org/x/")
    said = site.cite("A slot", "figure 3: Every step", day)
    assert said == "A. Writer. “A slot”, figure 3: Every step. Ten words, 2026-11-13."
    page = "studies/2026/11/13/a/index.html"
    assert site.address(page, "fig-x") == (
        "https://example.org/x/studies/2026/11/13/a/#fig-x"
    )
    assert Imprint().address(page, "fig-x") == "studies/2026/11/13/a/#fig-x"
