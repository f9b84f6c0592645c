"""Alignments: gold outlined or said to be unknown, one scale, lines of true width."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generator.artifacts import AlignmentFrames, Alignments, Artifact
from generator.core.errors import FigureError
from generator.figures.alignment.alignment_matrix import AlignmentMatrix, AlignmentView
from generator.figures.alignment.parts import FAINT, WIDEST
from generator.figures.export.shapes import Box
from generator.figures.formatting import phrase_text
from generator.figures.tables import csv_of
from tests.figures import aligned


def view(*made: Artifact, **settings: Any) -> AlignmentView:
    """What a figure of these artifacts shows."""
    names = tuple("abcd"[: len(made)])
    given = {"artifact": "a"} if len(made) == 1 else {"artifacts": names}
    return AlignmentMatrix(figure="alignment", **given, **settings).view(*made)


def marks(drawn: AlignmentView, css: str, panel: int = 0) -> set[tuple[int, int]]:
    """Cells with a class."""
    return {
        (i, j)
        for i, line in enumerate(drawn.panels[panel].lines)
        for j, cell in enumerate(line.cells)
        if css in cell.css.split()
    }


def test_gold_cells_are_outlined_and_no_others() -> None:
    """What is known to be right is outlined, what may be is dashed."""
    text = aligned.attention().texts[0]
    drawn = view(aligned.attention())
    assert marks(drawn, "key") == set(text.gold or ())
    assert marks(drawn, "possible") == set(text.possible)
    assert [line.css for line in drawn.keys] == ["key", "possible"]


def test_a_picture_outlines_what_the_page_outlines() -> None:
    """As many outlines as gold links, as many dashed ones as possible links."""
    text = aligned.attention().texts[0]
    shapes = list(view(aligned.attention()).picture(0.0))
    boxes = [one for part in shapes for one in part.shapes if isinstance(one, Box)]
    assert sum(box.thick == 1.5 for box in boxes) == len(text.gold or ())
    assert sum(box.dashed for box in boxes) == len(text.possible)


def test_without_gold_the_figure_says_so() -> None:
    """No cell is outlined, and the words stand in the heading and the summary."""
    drawn = view(aligned.attention(), text=2)
    assert marks(drawn, "key") == marks(drawn, "possible") == set()
    assert drawn.panels[0].description == "no gold alignment"
    assert phrase_text(drawn.summary).endswith("no gold alignment.")
    assert drawn.keys == ()
    assert "gold" not in "".join(map(str, drawn.tables[0].head))


def test_hits_are_rows_whose_largest_score_is_on_a_gold_link() -> None:
    """Rows without a link do not count; a row of two links is hit by either."""
    text = aligned.attention().texts[0]
    scores = np.full_like(text.scores, 0.01)
    scores[0, 0] = scores[1, 5] = scores[-1, 0] = 0.9
    one = replace(text, scores=scores, gold=((0, 0), (0, 3), (1, 2)))
    drawn = view(aligned.attention(texts=(one,)))
    assert (
        drawn.panels[0].description
        == "largest on a gold link for 1 of 2 linked target tokens"
    )


def test_attention_has_one_scale_everywhere() -> None:
    """The bound is 1 whatever the data, and the even share is of source tokens."""
    drawn = view(aligned.attention())
    assert drawn.scale is not None
    assert (drawn.scale.bound, drawn.scale.origin) == (1.0, "fixed")
    assert "is an even share of 11 source tokens" in drawn.scale.note


def test_several_artifacts_share_a_scale() -> None:
    """Equal drops have equal colours in every panel, and panels keep their names."""
    small, large = aligned.signed(), aligned.signed()
    text = replace(small.texts[0], scores=small.texts[0].scores / 2)
    small = replace(small, texts=(text,), scoring="halved")
    drawn = view(large, small, names={"a": "whole"})
    assert [panel.name for panel in drawn.panels] == ["whole", "halved"]
    assert drawn.scale is not None
    assert drawn.scale.bound == pytest.approx(
        float(np.abs(large.texts[0].scores).max())
    )
    alone = view(small)
    assert alone.panels[0].lines != drawn.panels[1].lines
    with pytest.raises(FigureError, match="one scale cannot hold several quantities"):
        view(aligned.attention(), aligned.signed())


def test_a_lines_width_is_its_score() -> None:
    """A line is as wide as its share of the bound; the least ones have none."""
    made = aligned.attention()
    drawn = view(made)
    arcs = drawn.panels[0].arcs
    assert arcs is not None
    for row, bundle in zip(made.texts[0].scores, arcs.bundles, strict=True):
        wanted = [round(float(v) * WIDEST, 1) for v in row if v >= FAINT]
        assert [link.width for link in bundle.links] == wanted
    assert [len(b.gold) for b in arcs.bundles] == [1] * 10 + [0]
    assert arcs.bundles[0].description.startswith("le: the 0.93")


def test_lines_of_signed_scores_keep_their_side() -> None:
    """A line's class is its cell's, so that for and against differ in colour."""
    drawn = view(aligned.signed())
    arcs = drawn.panels[0].arcs
    assert arcs is not None
    cells = {c.css.split()[0] for line in drawn.panels[0].lines for c in line.cells}
    assert {link.css for b in arcs.bundles for link in b.links} <= cells
    assert all(link.css != "d16" for b in arcs.bundles for link in b.links)


def test_frames_share_rows_and_scale() -> None:
    """Every epoch has its picture and its cells, in one order."""
    made = aligned.frames()
    drawn = view(made)
    assert drawn.epochs == ("0", "1", "2", "4", "6", "8")
    assert len(drawn.frames) == len(drawn.frame_items) == len(drawn.tables) == 6
    assert {len(told) for told in drawn.frame_items} == {1 + 11 * (11 + 1)}
    assert drawn.start == 5
    assert view(made, epoch=2).start == 2
    shown = [f"{c.css}|{c.text}" for c in drawn.panels[0].lines[0].cells]
    assert list(drawn.frame_items[5][1:12]) == shown
    assert drawn.frame_items[5][12] == f"margin|{drawn.panels[0].lines[0].probability}"


def test_the_table_holds_every_score() -> None:
    """Its CSV has a row a target token, a column a source token, and the gold links."""
    lines = csv_of(view(aligned.attention()).tables).decode().splitlines()
    assert lines[0].split(",")[:3] == ["target", "the", "old"]
    assert lines[0].split(",")[-2:] == ["probability", "gold source"]
    assert len(lines) == 12
    assert lines[2].split(",")[-1] == "3"


def test_a_thumbnail_is_the_texts_own() -> None:
    """The lead picture has target tokens for its lines."""
    figure = AlignmentMatrix(figure="alignment", artifact="a", text=3)
    found = figure.thumbnails(aligned.attention())
    assert found
    picture = found.lead
    assert (picture.lines, picture.columns) == (3, 3)
    assert [head.text for head in picture.heads] == ["va", "!", "</s>"]
    assert figure.thumbnails(aligned.frames()) is not None


def broken(**changed: Any) -> Alignments:
    """An artifact whose only text is not what it says."""
    text = aligned.attention().texts[0]
    return aligned.attention(texts=(replace(text, **changed),))


@pytest.mark.parametrize(
    ("made", "settings", "said"),
    [
        (aligned.attention(), {"text": 4}, "text: 4 of 3 texts; expected 1 to 3"),
        (broken(targets=()), {}, "holds no token"),
        (
            broken(scores=np.zeros((2, 3), np.float32)),
            {},
            "scores are 2 by 3; expected 11 target tokens by 11 source tokens",
        ),
        (broken(scores=np.full((11, 11), -0.1, np.float32)), {}, "is below 0"),
        (AlignmentFrames(frames=()), {}, "no frame"),
        (aligned.frames(), {"epoch": 3}, "epoch: 3 is no frame; frames: 0, 1, 2"),
    ],
)
def test_what_cannot_be_drawn_is_said(
    made: Artifact, settings: dict[str, Any], said: str
) -> None:
    """Each gives one sentence with what was found and what was expected."""
    with pytest.raises(FigureError, match=said):
        view(made, **settings)


def test_frames_of_different_tokens() -> None:
    """What a model wrote differs from epoch to epoch and has no common rows."""
    first, *_, last = aligned.frames().frames
    other = replace(last.texts[0], targets=last.texts[0].targets[::-1])
    frames = AlignmentFrames(frames=(first, replace(last, texts=(other,))))
    with pytest.raises(FigureError, match="frames hold different tokens"):
        view(frames)
    with pytest.raises(FigureError, match="frames are drawn alone"):
        view(aligned.attention(), aligned.frames())


def test_what_is_not_defined_has_no_colour() -> None:
    """A score that is NaN has no class, no line and no part in the largest."""
    text = aligned.attention().texts[0]
    scores = text.scores.copy()
    scores[0] = np.nan
    drawn = view(aligned.attention(texts=(replace(text, scores=scores),)))
    assert all(not c.css.startswith("s") for c in drawn.panels[0].lines[0].cells)
    arcs = drawn.panels[0].arcs
    assert arcs is not None
    assert arcs.bundles[0].links == ()
    assert arcs.bundles[0].description == "le: nothing above the least line"
