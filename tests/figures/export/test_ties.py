"""Ties, nothing at all, and inputs that exactly fill: what is legal is drawn."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from generator.artifacts import Agreement
from generator.figures.cells.common import (
    COLUMNS,
    LINES,
    first_lines,
    picture_lines,
    picture_trace,
    rank_cells,
)
from generator.figures.export import fonts
from generator.figures.export.frame import INSET
from generator.figures.export.grids import HEAD, Grid, GridCell, draw_grid
from generator.figures.export.shapes import Box, Label, fill_colour
from generator.figures.export.social_card import (
    HEIGHT,
    HIGHEST,
    SIDE,
    WIDTH,
    CardText,
    draw_card,
    shorten_name,
    title_shapes,
)
from generator.figures.features.feature_scores import largest_features
from generator.figures.formatting import DisplayToken, phrase_text
from generator.figures.squares import Square, Thumbnail
from generator.figures.statistics.agreement import AgreementMatrix
from tests.figures import celled, numbered
from tests.figures.export.ink import edges, label_edges


def test_of_equal_cells_the_first_ranks_first() -> None:
    """However many there are, by size whatever their sign; one without is last."""
    search = celled.search(layers=2, width=32)
    strengths = np.full(search.strengths.shape, 0.5, np.float32)
    strengths[:, ::2] *= -1
    strengths[:, 40] = 0.9
    strengths[:, 3] = np.nan
    found = rank_cells(replace(search, strengths=strengths), search.fits[0])
    rest = [i for i in range(64) if i not in {3, 40}]
    assert found == [40, *rest, 3]


def test_of_equal_features_the_first_are_drawn() -> None:
    """In their own order, the masked ones before all."""
    size = 60
    one = numbered.columns(
        features=tuple(f"f{i}" for i in range(size)),
        panels=(replace(numbered.panel(size, 1, (50,)),
                        scores=np.full(size, 0.5, np.float32)),),
    )  # fmt: skip
    assert largest_features([one], 5) == [0, 1, 2, 3, 50]


@pytest.mark.parametrize("value", [0.5, -0.5])
def test_of_equal_pairs_the_first_is_named(value: float) -> None:
    """Whatever the explanations are called."""
    names = ("zeta", "alpha", "mid")
    whole = np.full((1, 3, 3), value, np.float32)
    made = Agreement(
        names=names, quantities=("score",) * 3, measures=("tau",), values=whole,
        low=whole - 0.1, high=whole + 0.1, texts=np.full((1, 3, 3), 9, np.int32),
        seconds=np.full(3, np.nan, np.float32),
    )  # fmt: skip
    told = phrase_text(
        AgreementMatrix(figure="agreement", artifact="a").view(made).summary
    )
    assert told.count("zeta and alpha") == 2


def test_a_text_of_blank_lines_has_no_picture_to_measure() -> None:
    """Its thumbnail has no line and is one column wide; no value, no thumbnail."""
    traces = celled.traces("\n\n", width=2)
    assert first_lines(traces, 0, 9, 9) == []
    blank = picture_lines([])
    assert (blank.columns, blank.lines, blank.squares) == (1, 0, ())
    nothing = replace(traces, activations=traces.activations[:, :0])
    assert picture_trace(nothing, 0) is None


def test_first_lines_are_cut_and_blank_ones_left_out() -> None:
    """At so many lines and columns; the longest line is the width."""
    text = "\nab\n\ncdefg\n\nhi\nj"
    traces = celled.traces(text, width=2)
    lines = first_lines(traces, 1, 3, 4)
    assert [len(line) for line in lines] == [2, 4, 2]
    values = np.tanh(traces.memories[1].astype(float))
    known = [values[text.index(c)] for c in "cdef"]
    assert lines[1] == pytest.approx(known)
    assert picture_lines(lines).columns == 4
    found = picture_trace(celled.traces(), 0)
    assert found is not None
    assert found.lead.columns == min(COLUMNS, max(map(len, celled.CODE.split("\n"))))
    assert found.lead.lines == min(LINES, 5)
    assert [h.short for h in found.lead.heads] == [
        str(i) for i in range(1, found.lead.lines + 1)
    ]
    assert "coloured by cell" not in found.lead.description
    assert "cell 1.1" in found.lead.description


def test_a_grid_without_rows_has_its_foot_alone() -> None:
    """And one without columns its names; neither is an error."""
    empty = Grid(heads=(), cells=(), columns=("a", "b"), turned=False)
    part = draw_grid(empty, 100)
    assert [s.text for s in part.shapes if isinstance(s, Label)] == ["a", "b"]
    assert not [s for s in part.shapes if isinstance(s, Box)]
    assert 100 < part.bottom < 130
    bare = draw_grid(Grid(heads=("x",), cells=((),), columns=(), turned=True), 100)
    assert [s.text for s in bare.shapes if isinstance(s, Label)] == ["x"]


@pytest.mark.parametrize("high", [4.9, 5.1, 8.9, 9.1, 13, 30])
def test_letters_of_a_grid_are_at_least_six_pixels(high: float) -> None:
    """Numerals, names and sums are left out one after the other as rows get low."""
    rows = 3
    made = Grid(
        heads=("name",) * rows, cells=((GridCell("s5", "1"),),) * rows, columns=("c",),
        turned=False, sums=((("9", 50),),) * rows, totals=("t",), tallest=high,
    )  # fmt: skip
    texts = [s for s in draw_grid(made, 0).shapes if isinstance(s, Label)]
    numerals = [s for s in texts if s.text == "1"]
    names = [s for s in texts if s.text == "name"]
    sums = [s for s in texts if s.text == "9"]
    assert bool(numerals) == (min(11, high - 3) >= 6)
    assert bool(names) == (min(12, high - 1) >= 8)
    assert bool(sums) == (min(11, high - 3) >= 7)
    assert {s.size for s in names} <= {min(12, high - 1)}
    assert {s.size for s in sums} <= {min(11, high - 3)}


def test_padding_has_a_dot_where_there_is_room() -> None:
    """In a corner, of the ink of its cell; none in cells without gaps."""

    def dots(tall: float, css: str) -> list[Box]:
        made = Grid(heads=("a",), cells=((GridCell(css, ""),),), columns=("c",),
                    turned=False, tallest=tall)  # fmt: skip
        found = [s for s in draw_grid(made, 0).shapes if isinstance(s, Box)]
        assert (found[0].height == tall) == (tall <= 4)
        return [b for b in found if b.width == b.height == 2]

    (light,), (dark,) = dots(22, "s0 pad"), dots(22, "s32 pad")
    assert light.fill == "#858884"
    assert dark.fill == "#ffffff"
    assert (light.y, dark.y) == (2.5, 2.5)
    assert dots(4, "s9 pad") == []
    assert dots(22, "s9") == []


def test_a_row_s_name_is_as_wide_as_it_may_be() -> None:
    """Room for the longest, 150 pixels at most; longer ones are cut."""
    for name in ("a", "a name", "a very long name of a row that is cut"):
        made = Grid(heads=(name, "b"), cells=((GridCell("s5"),),) * 2, columns=("c",),
                    turned=False)  # fmt: skip
        shapes = draw_grid(made, 0).shapes
        label = next(s for s in shapes if isinstance(s, Label))
        box = next(s for s in shapes if isinstance(s, Box))
        wide = fonts.text_width(name, 12, "mono")
        assert box.x == pytest.approx(INSET + min(HEAD, wide) + 10)
        assert label.text.endswith("…") == (wide > HEAD)
        assert label_edges(label).left >= INSET - 1


def lead(columns: int, lines: int, heads: int = 0, css: str = "s20") -> Thumbnail:
    """A thumbnail whose squares are all shaded."""
    names = tuple(DisplayToken(f"head {i}", f"head {i}") for i in range(heads))
    squares = tuple(Square(x, y, css) for y in range(lines) for x in range(columns))
    return Thumbnail(columns, lines, squares, names, "What it is of. " * 4)


@pytest.mark.parametrize(
    ("columns", "lines", "heads"),
    [(1, 1, 0), (9, 3, 3), (16, 4, 4), (16, 5, 5), (16, 16, 16), (40, 2, 0), (3, 9, 0)],
)
def test_a_card_s_picture_lies_across_or_beside_its_words(
    columns: int, lines: int, heads: int
) -> None:
    """Up to four lines below them, else on the right; squares are evenly apart."""
    words = CardText("A site", "A title", "13 November 2026", "Summary.")
    one = draw_card(words, lead(columns, lines, heads))
    boxes = [s for s in one.shapes if isinstance(s, Box)]
    frame = next(b for b in boxes if b.thick == 2)
    squares = boxes[boxes.index(frame) + 1 :][: columns * lines]
    across = lines <= 4
    step, high = (frame.width - 4) / columns, (frame.height - 4) / lines
    assert high <= HIGHEST
    assert step <= high * 1.8 + 0.01
    for i, box in enumerate(squares):
        row, column = divmod(i, columns)
        assert (box.x, box.y) == pytest.approx(
            (frame.x + 2 + column * step, frame.y + 2 + row * high)
        )
        assert (box.width, box.height) == pytest.approx((step - 2, high - 2))
    texts = {s.text: s for s in one.shapes if isinstance(s, Label)}
    title, date = texts["A title"], texts["13 November 2026"]
    assert title.x == texts["Summary."].x == 64
    assert texts["Summary."].y > title.y
    names = [s for s in texts.values() if s.text.startswith("head ")]
    assert len(names) == (heads if high >= 15 else 0)
    for i, name in enumerate(names):
        assert (name.anchor, name.x) == ("end", frame.x + 2 - 12)
        middle = frame.y + 2 + (i + 0.5) * high
        assert name.y - name.size * 0.36 == pytest.approx(middle, abs=0.2)
    ramp = [b for b in boxes if b.height == 14]
    assert ramp[0].y == pytest.approx(frame.y + frame.height - 2 + 20)
    assert sum(b.width for b in ramp[:33]) == pytest.approx(SIDE)
    inner = max(edges(b).right for b in squares)
    assert inner <= WIDTH - 64 + 0.01
    if across:
        assert (date.anchor, date.x, date.y) == ("end", WIDTH - 64, 88)
        assert texts["Summary."].y < frame.y
        assert frame.y + 2 == HEIGHT - 64 - 56 - lines * HIGHEST
    else:
        assert (date.anchor, date.x, date.y) == ("start", 64, HEIGHT - 64)
        assert frame.y + 2 == 66
        assert label_edges(title).right < WIDTH - 64 - SIDE - 20
        assert inner == pytest.approx(WIDTH - 64 - 2 if not heads else inner)
    said = [s for s in texts.values() if s.size == 15]
    assert said[0].x == ramp[0].x
    assert label_edges(said[0]).top > ramp[0].y + 14
    assert all(label_edges(s).bottom <= HEIGHT for s in said)


def test_a_card_s_ramp_is_the_picture_s_own() -> None:
    """Of two arms where a square is; its ends are the ends of the scale."""
    for kind in "sd":
        one = draw_card(CardText("s", "t"), lead(4, 4, css=f"{kind}20"))
        steps = [s for s in one.shapes if isinstance(s, Box) and s.height == 14][:33]
        assert [b.fill for b in steps] == [fill_colour(f"{kind}{i}") for i in range(33)]


def test_a_card_s_title_is_as_large_as_fits() -> None:
    """From 62 pixels down to 38 in steps of four; then it is cut."""
    sizes = []
    for count in range(1, 60):
        shapes, low = title_shapes("word " * count, 700, 5)
        labels = [s for s in shapes if isinstance(s, Label)]
        sizes.append(labels[0].size)
        assert len(labels) <= 5
        assert labels[0].y == 190
        assert low == pytest.approx(labels[-1].y + 14)
        if labels[0].size > 38:
            assert len(labels) <= 4
        gaps = {round(b.y - a.y, 3) for a, b in pairwise(labels)}
        assert gaps <= {round(labels[0].size * 1.18, 3)}
    assert sizes == sorted(sizes, reverse=True)
    assert {62, 38} < set(sizes) <= {62, 58, 54, 50, 46, 42, 38}
    two, _ = title_shapes("word " * 60, 700, 2)
    assert len(two) == 2
    assert str(getattr(two[-1], "text", "")).endswith("…")


@pytest.mark.parametrize(("letters", "cut"), [(13, False), (14, False), (15, True)])
def test_a_row_s_name_on_a_card_has_fourteen_letters(letters: int, cut: bool) -> None:
    """One that fits exactly stays whole."""
    found = shorten_name("x" * letters)
    assert len(found) == min(14, letters)
    assert found.endswith("…") == cut


def test_a_card_s_words_keep_clear_of_each_other() -> None:
    """The date's room is kept from the site's name; a summary has four lines."""
    words = CardText(
        "A site of a very long name " * 5, "T", "13 November 2026", "s " * 99
    )
    one = draw_card(words, lead(8, 2))
    texts = [s for s in one.shapes if isinstance(s, Label)]
    site = next(s for s in texts if s.face == "bold" and s.size == 24)
    date = next(s for s in texts if s.text == "13 November 2026")
    assert site.text.endswith("…")
    assert label_edges(site).right < label_edges(date).left - 20
    logo = [s for s in one.shapes if isinstance(s, Box) and s.width == 8]
    assert [b.x for b in logo] == [64 + 9 * i for i in range(6)]
    assert {b.y for b in logo} == {66}
    assert site.x > logo[-1].x + 8
    summary = [s for s in texts if s.size == 22]
    assert 1 <= len(summary) <= 4
    bare = draw_card(CardText("s", "t"))
    assert not [s for s in bare.shapes if isinstance(s, Label) and s.size == 22]
    assert not [s for s in bare.shapes if isinstance(s, Box) and s.height == 14]
