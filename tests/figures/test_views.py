"""Views of slot scores: numbers are the artifact's, labels stand where they belong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from generator.artifacts import Alternative, SlotScores
from generator.core.errors import FigureError
from generator.core.tokens import Token
from generator.figures.export.grids import GridCell
from generator.figures.export.shapes import Label
from generator.figures.formatting import (
    format_brief,
    format_fixed,
    format_numeral,
    format_probability,
    format_significant,
    phrase_text,
)
from generator.figures.language_model.contributions import ContributionParts
from generator.figures.language_model.epochs import Epochs
from generator.figures.language_model.history_slots import TextSlots
from generator.figures.language_model.matrix import (
    SlotMatrix,
    cells_by_word,
    describe_extreme,
)
from generator.figures.language_model.text import ShadedText
from tests.figures import examples
from tests.figures.examples import SENTENCE, WINDOW


def matrix(**given: object) -> SlotMatrix:
    """A matrix figure."""
    return SlotMatrix(figure="matrix", artifact="a", **given)  # type: ignore[arg-type]


def text(**given: object) -> ShadedText:
    """A text figure."""
    return ShadedText(figure="text", artifact="a", **given)  # type: ignore[arg-type]


def test_every_cell_by_distance_is_the_artifacts_number() -> None:
    """Row t, column s prints and shades scores[t, s]; padding carries its dot."""
    scores = examples.attention()
    view = matrix().view(scores)
    for t, row in enumerate(view.rows):
        for s, cell in enumerate(row.cells):
            value = float(scores.scores[t, s])
            assert cell.text == format_numeral(value)
            assert cell.css.split()[0] == view.scale.shade(value)
            assert ("pad" in cell.css.split()) == (scores.histories[t][s].kind == "pad")


def test_by_word_a_column_is_the_word_it_is_named_after() -> None:
    """Each cell lies in the column of the very token its slot held."""
    scores = examples.attention()
    view = matrix().view(scores)
    names = [word.text for word in view.words]
    assert names == ["<s>", *SENTENCE[:-1]]
    for t, row in enumerate(view.rows):
        seen = [row.gone + i for i in range(len(row.cells) - row.padded)]
        real = [s for s in range(WINDOW) if scores.histories[t][s].kind != "pad"]
        assert [names[i] for i in seen] == [scores.histories[t][s].text for s in real]
        assert seen[-1] + 1 + row.later == len(names)


def test_a_picture_by_word_has_each_cell_under_its_word() -> None:
    """Padding is summed in front; what a row did not read is blank."""
    view = matrix(layout="word").view(examples.attention())
    first = 1 if view.pads else 0
    (part, *_) = view.picture(0.0)
    heads = {s.text for s in part.shapes if isinstance(s, Label)}
    assert {word.short for word in view.words} <= heads
    for step, row in enumerate(view.rows, 1):
        line = cells_by_word(view, step, row)
        assert len(line) == first + len(view.words)
        read = {first + row.gone + i: c for i, c in enumerate(row.cells[row.padded :])}
        if first and row.padded:
            read[0] = row.pad_sum
        for at, cell in enumerate(line):
            own = read.get(at, GridCell())
            assert (cell.css, cell.text) == (own.css, own.text)


def test_the_largest_score_is_named_with_its_unit_and_place() -> None:
    """By its size, below zero too; where no score is defined none is larger."""
    scores = examples.attention()
    values = np.full_like(scores.scores, 0.25)
    values[0, 0], values[2, -1] = np.nan, -7.5
    made = replace(scores, scores=values, signed=True, quantity="push", unit="nats")
    said = phrase_text(describe_extreme(TextSlots(made, 0, made.targets, slides=False)))
    assert said == (
        f"the largest push, −7.5 nats, is on ‘{made.histories[2][-1].text}’ "
        f"at the step that writes ‘{made.targets[2].text}’."
    )


def test_the_newest_slot_lies_on_the_diagonal() -> None:
    """Row t reads up to the token before its own: column t, never column t + 1."""
    view = matrix().view(examples.attention())
    for t, row in enumerate(view.rows):
        assert row.gone + len(row.cells) - row.padded - 1 == t
        assert row.head.text == SENTENCE[t]


def test_sums_are_those_of_the_row() -> None:
    """Padding's mass, the newest slot and the probability stand beside each row."""
    scores = examples.attention()
    for t, row in enumerate(matrix().view(scores).rows):
        pad = sum(
            float(scores.scores[t, s])
            for s in range(WINDOW)
            if scores.histories[t][s].kind == "pad"
        )
        assert row.sums[0].text == format_fixed(round(pad, 6))
        assert row.sums[1].text == format_fixed(float(scores.scores[t, -1]))
        assert row.sums[2].text == format_probability(float(scores.probabilities[t]))


def test_padding_by_word_keeps_every_slot_and_their_sum() -> None:
    """Unfolded, each padded slot has its cell; folded, their sum has one."""
    scores = examples.attention()
    view = matrix().view(scores)
    assert view.pads == WINDOW - 1
    first = view.rows[0]
    assert first.padded == WINDOW - 1
    assert all("pad" in c.css.split() for c in first.cells[:-1])
    assert view.rows[-1].pad_sum.css == ""


def test_rows_of_many_texts_have_no_layout_by_word() -> None:
    """Where histories are not one text's, columns are not named after words."""
    scores = examples.attention()
    mixed = replace(scores, histories=scores.histories[::-1])
    view = matrix(layout="word").view(mixed)
    assert view.words == ()
    assert view.layout == "distance"
    assert view.notes


def test_a_matrix_of_sixty_by_forty_is_drawn() -> None:
    """Characters over a window of forty slots fit both layouts."""
    view = matrix().view(examples.large())
    assert len(view.rows) == 60
    assert all(len(row.cells) == 40 for row in view.rows)
    assert view.wide


def test_hostile_tokens_do_not_shift_a_label() -> None:
    """Labels stay parallel to rows whatever the tokens are."""
    scores = examples.hostile()
    view = matrix().view(scores)
    assert len(view.rows) == len(examples.HOSTILE)
    assert len(view.words) == len(examples.HOSTILE)


def test_a_strip_prints_the_steps_numbers() -> None:
    """Chips of a step are its slots, padding folded into its sum."""
    scores = examples.attention()
    view = text(step=3).view(scores)
    (strip,) = view.strips
    assert strip.target.token.text == SENTENCE[2]
    assert strip.pad is not None
    assert len(strip.pads) + len(strip.read) == WINDOW
    shown = [c.numeral for c in (*strip.pads, *strip.read)]
    assert shown == [format_numeral(float(v)) for v in scores.scores[2]]
    assert [c.token.text for c in strip.later] == SENTENCE[3:]


@pytest.mark.parametrize(
    ("asked", "row"), [(1, 0), (-1, 14), ("oslo", 13), ("a", 9), (15, 14)]
)
def test_a_step_is_found_by_number_or_word(asked: int | str, row: int) -> None:
    """Numbers count from 1 or from the end; a repeated word is its last writing."""
    view = text(step=asked).view(examples.attention())
    assert view.step == row


@pytest.mark.parametrize("asked", [0, 16, -16, "olso"])
def test_a_step_that_does_not_exist_is_an_error(asked: int | str) -> None:
    """Nothing else is drawn in its place."""
    with pytest.raises(FigureError, match="step"):
        text(step=asked).view(examples.attention())


def test_outlined_words_must_occur() -> None:
    """A misspelt outline is an error with the nearest word."""
    with pytest.raises(FigureError, match='did you mean "orlova"'):
        text(outline=("orlowa",)).view(examples.attention())
    view = matrix(outline=("orlova",)).view(examples.attention())
    marked = sum("key" in c.css for row in view.rows for c in row.cells)
    assert marked == WINDOW


def test_a_step_that_read_only_unknown_words_says_so() -> None:
    """What a model reads as unknown is no evidence about words."""
    scores = examples.attention()
    unknown = tuple(
        tuple(Token("<unknown>", "unknown") if t.kind == "word" else t for t in row)
        for row in scores.histories
    )
    view = text(step=14).view(replace(scores, histories=unknown))
    assert "outside the vocabulary" in view.notes[0]


def test_an_artifact_without_steps_is_refused() -> None:
    """Nothing written is nothing to draw."""
    scores = examples.attention()
    empty = replace(
        scores, targets=(), histories=(), scores=np.zeros((0, WINDOW), np.float32)
    )
    for figure in (text(), matrix()):
        with pytest.raises(FigureError, match="nothing to draw"):
            figure.view(empty)


def test_the_summary_states_the_largest_weight() -> None:
    """The sentence read in the drawing's place holds the artifact's own numbers."""
    scores = examples.attention()
    said = phrase_text(text(step=14).view(scores).summary)
    slot = int(scores.scores[13].argmax())
    assert format_fixed(float(scores.scores[13, slot]), 3) in said
    assert f"‘{scores.histories[13][slot].text}’" in said


def test_tables_hold_every_number() -> None:
    """The table behind the colours equals the artifact to four decimals."""
    scores = examples.attention()
    (table,) = matrix().view(scores).tables
    shown = [[float(cell) for cell in row.cells[:WINDOW]] for row in table.rows]
    assert np.allclose(shown, scores.scores, atol=5e-5)


def test_panels_share_one_scale_and_leave_nothing_out() -> None:
    """Every square but those at nothing is drawn, at its place, on one bound."""
    frames = examples.frames()
    view = Epochs(figure="epochs", artifact="a").view(frames)
    for panel, frame in zip(view.panels, frames.frames, strict=True):
        drawn = {(s.x, s.y): s.css for s in panel.squares}
        for (t, s), value in np.ndenumerate(frame.scores):
            assert drawn.get((s, t), "s0") == view.scale.shade(float(value))
    assert [strip.target.token for strip in view.strips] == [view.target] * 6


def test_frames_of_different_texts_are_refused() -> None:
    """Epochs are compared on one text or not at all."""
    frames = examples.frames()
    other = examples.attention(["another", *SENTENCE[1:]], epoch=9)
    with pytest.raises(FigureError, match="another text"):
        Epochs(figure="epochs", artifact="a").view(
            replace(frames, frames=(*frames.frames, other))
        )


def test_parts_add_up_to_their_total() -> None:
    """The first line is the slots' total, the others its parts, unscaled."""
    scores = examples.parts()
    view = ContributionParts(figure="parts", artifact="a", step=4).view(scores)
    assert [line.name for line in view.lines] == ["all parts", *scores.parts]
    total = [format_numeral(float(v), signed=True) for v in scores.scores[3]]
    assert [cell.text for cell in view.lines[0].cells] == total
    shades = {cell.css.split()[0] for line in view.lines for cell in line.cells}
    shades |= {line.pad_sum.css.split()[0] for line in view.lines}
    assert shades & {"d0", "d32"}


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.004, "0"), (0.0, "0"), (-0.0, "0"), (0.906, ".91"), (1.0, "1.00"), (12.3, "12"),
     (float("nan"), "–"), (1e-45, "0")],
)  # fmt: skip
def test_numerals_are_short(value: float, said: str) -> None:
    """Two digits without a leading zero, never minus zero."""
    assert format_numeral(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.999, "1"), (0.98, ".98"), (-0.04, "−.04"), (3.16, "3.2"), (12.7, "13"),
     (9.96, "10"), (2.0, "2"), (float("nan"), "–")],
)  # fmt: skip
def test_numerals_of_narrow_cells_are_shorter(value: float, said: str) -> None:
    """Where cells are narrow, whole numbers lose their decimals."""
    assert format_brief(value) == said


def test_numbers_never_print_a_negative_zero() -> None:
    """What rounds to nothing has no sign."""
    assert format_fixed(-0.001) == "0.00"
    assert format_fixed(-0.001, signed=True) == "0.00"
    assert format_fixed(-2.5) == "−2.50"
    assert format_significant(-0.0) == "0"
    assert format_significant(0.1 + 0.2) == "0.3"


def test_scores_of_one_slot_are_drawn() -> None:
    """A window of one slot is trivial and still a picture."""
    one = examples.attention(["a", "b"], 1)
    assert isinstance(one, SlotScores)
    assert len(matrix().view(one).rows) == 2
    assert text().view(one).strips


@pytest.mark.parametrize("count", [0, 3, 5, 7])
def test_options_are_the_artifacts_first_five(count: int) -> None:
    """Tokens and probabilities as listed, the one that was written marked."""
    base = examples.attention()
    steps = len(base.targets)
    listed = tuple(
        tuple(
            Alternative(base.targets[(t + n) % steps], 0.3 / (n + 1)) for n in range(7)
        )
        for t in range(steps)
    )
    scores = replace(base, alternatives=tuple(one[:count] for one in listed if count))
    for step in (1, steps):
        options = text(step=step).view(scores).options
        known = listed[step - 1][: min(count, 5)]
        assert [one.token.text for one in options] == [a.token.text for a in known]
        assert [one.probability for one in options] == [
            format_probability(a.probability) for a in known
        ]
        assert [one.written for one in options] == [n == 0 for n in range(len(known))]
