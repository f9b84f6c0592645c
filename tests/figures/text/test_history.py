"""A text over epochs: one scale, one line an epoch, one epoch as text."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from generator.artifacts import ScoredText, TokenFrames, TokenScores
from generator.core.errors import FigureError
from generator.figures.formatting import format_fixed, format_probability, phrase_text
from generator.figures.text.history import COLUMNS, EpochHistory, HistoryView
from tests.figures import scored
from tests.figures.scored import LONG, PLAIN, REVIEW


def view(frames: TokenFrames, **given: object) -> HistoryView:
    """What a history of `frames` shows."""
    figure = EpochHistory(figure="history", artifact="a", **given)  # type: ignore[arg-type]
    made = figure.view(frames)
    assert made.scale
    return made


def texts(frames: TokenFrames) -> list[ScoredText]:
    """The first text of every frame."""
    return [frame.texts[0] for frame in frames.frames]


def test_every_cell_is_a_score_on_one_scale() -> None:
    """Line e, column t has the colour of token t at epoch e, by one bound for all."""
    frames = scored.frames()
    made = view(frames)
    assert made.scale
    largest = max(float(text.scores.max()) for text in texts(frames))
    assert made.scale.bound == pytest.approx(largest)
    for line, text in zip(made.lines, texts(frames), strict=True):
        shades = [made.scale.shade(float(v)) for v in text.scores]
        assert [cell.css for cell in line.cells] == shades
    assert [line.name for line in made.lines] == [f"epoch {e}" for e in range(9)]
    assert [shown.text for shown in made.columns] == list(REVIEW)


def test_numbers_stand_beside_each_line() -> None:
    """Evenness starts at 1, and the predicted label is told with its probability."""
    frames = scored.frames(pads=5)
    made = view(frames)
    assert made.sums == ("entropy / log n", "padding", "predicted")
    assert made.lines[0].sums[0] == "1.00"
    for line, text in zip(made.lines, texts(frames), strict=True):
        pads = float(text.scores[-5:].sum())
        label = scored.LABELS[int(text.probabilities.argmax())]
        assert line.sums[1] == format_fixed(round(pads, 6))
        assert (
            line.sums[2]
            == f"{label} {format_probability(float(text.probabilities.max()))}"
        )


def test_much_padding_shares_a_column() -> None:
    """Up to eight slots have a column each; more have one, in a mean slot's colour."""
    few, many = view(scored.frames(pads=8)), view(scored.frames(pads=23))
    assert len(few.columns) == len(REVIEW) + 8
    assert len(many.columns) == len(REVIEW) + 1
    assert many.columns[-1].text == "<pad> ×23"
    assert many.scale
    mean = float(texts(scored.frames(pads=23))[-1].scores[-23:].mean(dtype=np.float64))
    assert many.lines[-1].cells[-1].css == many.scale.shade(mean)


def test_many_tokens_are_drawn_as_runs_of_colour() -> None:
    """Lines of a long text are paths that cover each place once, or leave it paper."""
    frames = scored.frames(words=LONG)
    made = view(frames)
    assert len(LONG) > COLUMNS
    assert not made.cells
    assert made.scale
    for line, text in zip(made.lines, texts(frames), strict=True):
        drawn = {
            place: css
            for css, path in line.runs
            for start, wide in re.findall(r"M(\d+) 0h(\d+)v1h-\d+z", path)
            for place in range(int(start), int(start) + int(wide))
        }
        for place, value in enumerate(text.scores):
            assert drawn.get(place, "s0") == made.scale.shade(float(value))


def test_the_slider_is_given_what_the_page_would_print() -> None:
    """A frame's chips are the class, number and words that its own strip would have."""
    frames = scored.frames(pads=3)
    made = view(frames)
    for epoch, (line, *chips) in enumerate(made.frames):
        other = view(frames, epoch=epoch)
        words = other.words
        printed = [*words.read, *([words.pad] if words.pad else []), *words.pads]
        assert chips == [f"{c.css}|{c.numeral}|{c.description}" for c in printed]
        assert line == " · ".join((other.head.lead, *other.head.rest))
        assert other.start == epoch
    assert made.start == len(made.frames) - 1
    assert made.names[0] == "epoch 0, before training"
    assert made.names[3] == "epoch 3 of 8"


def test_outlines_stand_at_the_foot_of_their_columns() -> None:
    """Words that decide are outlined once, below; cells keep their plain colour."""
    made = view(scored.frames())
    assert [i for i, on in enumerate(made.marked) if on] == [3, 4, 11, 12]


def test_undefined_epochs_have_no_colour() -> None:
    """An epoch without scores is a line of dashes, and the others keep their scale."""
    frames = scored.frames()
    first = frames.frames[0]
    none = replace(
        first.texts[0],
        scores=np.full(len(REVIEW), np.nan, np.float32),
        undefined="nothing was weighed",
    )
    made = view(
        replace(frames, frames=(replace(first, texts=(none,)), *frames.frames[1:]))
    )
    assert {(c.css, c.text) for c in made.lines[0].cells} == {("", "–")}
    assert made.lines[0].sums[0] == "–"
    assert all(cell.css for cell in made.lines[1].cells)


def test_the_table_holds_every_number_or_each_epochs_sums() -> None:
    """Tokens by epochs, and largest, smallest and padding where those are too many."""
    frames = scored.frames()
    (table,) = view(frames).tables
    shown = [[float(str(c)) for c in row.cells] for row in table.rows]
    assert np.allclose(np.array(shown).T, [t.scores for t in texts(frames)], atol=5e-5)
    (sums,) = view(scored.frames(words=LONG * 5)).tables
    assert [row.head for row in sums.rows] == [f"epoch {e}" for e in range(9)]


def test_the_summary_tells_first_against_last() -> None:
    """What moved between the ends is one sentence."""
    said = phrase_text(view(scored.frames()).summary)
    assert said.startswith("From epoch 0 to epoch 8, the prediction goes from ")
    assert "of the weight comes to lie elsewhere" in said


def other(frames: TokenFrames) -> TokenFrames:
    """Frames whose last one reads another text."""
    last = frames.frames[-1]
    text = scored.weighed(PLAIN, 1, 0.5)
    return replace(frames, frames=(*frames.frames[:-1], replace(last, texts=(text,))))


@pytest.mark.parametrize(
    ("frames", "given", "message"),
    [
        (TokenFrames(frames=()), {}, "holds no frame"),
        (
            other(scored.frames()),
            {},
            "epoch 8 is another than that of epoch 0",
        ),
        (scored.frames(), {"text": 2}, "text: 2 of 1 text"),
        (scored.frames(), {"epoch": 40}, "no frame of epoch 40; there are 0, 1, 2"),
        (scored.frames(), {"outline": ("plott",)}, 'did you mean "plot"'),
    ],
)
def test_what_cannot_be_drawn_is_told(
    frames: TokenFrames, given: dict[str, object], message: str
) -> None:
    """Frames of several texts, and choices that are not there, are errors."""
    with pytest.raises(FigureError, match=message):
        view(frames, **given)


def test_signed_frames_keep_a_colour_for_a_label() -> None:
    """When the predicted label changes between epochs, a colour's meaning does not."""
    made = [
        replace(scored.signed(label), epoch=epoch)
        for epoch, label in enumerate(("negative", "positive"))
    ]
    drawn = view(TokenFrames(frames=tuple(made)))
    first, second = ([cell.css for cell in line.cells] for line in drawn.lines)
    assert first == second
    assert isinstance(made[0], TokenScores)
