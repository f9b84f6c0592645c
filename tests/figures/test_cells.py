"""Figures of cells: text coloured by them, the wall, the table of hypotheses."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from generator.artifacts import Cell
from generator.core.errors import FigureError
from generator.core.tokens import Token
from generator.figures.cells.hypotheses import HEADS, Hypotheses, HypothesesView
from generator.figures.cells.trace import CellTraceText, TraceView
from generator.figures.cells.wall import CLASSES, CellWall, WallView
from generator.figures.formatting import phrase_text
from tests.figures import celled


def trace(**given: object) -> TraceView:
    """Chosen cells over the text."""
    figure = CellTraceText(figure="trace", artifact="a", search="s", **given)  # type: ignore[arg-type]
    return figure.view(celled.chosen(), celled.search())


def wall(**given: object) -> WallView:
    """All cells."""
    figure = CellWall(figure="wall", search="s", traces="t", **given)  # type: ignore[arg-type]
    return figure.view(celled.search(), celled.traces())


def table() -> HypothesesView:
    """Hypotheses with an ablation."""
    figure = Hypotheses(figure="hypotheses", search="s", ablation="a")
    return figure.view(celled.search(), celled.effects())


def test_the_scale_is_fixed_and_zero_is_the_page() -> None:
    """From −1 to 1 whatever the data are; 0 has the class of the page's paper."""
    small = replace(celled.chosen(), memories=celled.chosen().memories * 0.005)
    figure = CellTraceText(figure="trace", artifact="a")
    for traces in (celled.chosen(), small):
        scale = figure.view(traces).scale
        assert scale
        assert (scale.bound, scale.signed, scale.origin) == (1.0, True, "fixed")
        assert scale.shade(0.0) == "d16"
        assert scale.note == "fixed, −1 to 1, in all figures"
        assert [mark.text for mark in scale.marks] == ["−1", "0", "+1"]
    faint = {c.css[:3] for line in figure.view(small).traces[0].lines for c in line}
    assert faint == {"d16"}


def test_every_character_is_there_and_lines_are_the_texts() -> None:
    """Chips spell the text; a line ends where the text's does, and is marked so."""
    one = trace().traces[0]
    spelt = "".join(c.token.text for line in one.lines for c in line)
    assert spelt == celled.CODE.replace("\n", "↵")
    assert [len(line) for line in one.lines] == [
        len(line) + 1 for line in celled.CODE.splitlines()
    ]
    keys = [c.key for line in one.lines for c in line]
    assert keys == [str(i) for i in range(1, len(celled.CODE) + 1)]


def test_a_line_stands_under_what_the_hypothesis_is_true_of() -> None:
    """Marks are the labels, and the key says of what."""
    view = trace(hypothesis="in string")
    marked = [
        "hypothesis" in c.css.split() for line in view.traces[0].lines for c in line
    ]  # fmt: skip
    assert marked == (celled.truths()[0] > 0).tolist()
    assert [key.text for key in view.keys] == ["line below: in string"]
    assert not trace().keys


def test_the_search_and_its_null_are_printed() -> None:
    """Every figure of cells says how many were searched, and against what."""
    for view in (trace(), wall(), table()):
        (note,) = view.notes
        assert "24 cells searched for 3 hypotheses, 72 pairs" in note
        assert "all circular shifts" in note
        assert "8 untrained networks" in note
        assert "q = 0.05" in note


@pytest.mark.parametrize("shows", ["memory", "activation"])
def test_memory_is_drawn_as_its_tanh(shows: str) -> None:
    """What has no bound is drawn by a function that has; the scale says which it is."""
    view = trace(shows=shows, cells=("1.2",))
    traces = celled.chosen()
    wanted = traces.activations[1]
    if shows == "memory":
        wanted = np.tanh(traces.memories[1])
    assert view.scale
    assert view.scale.quantity == {"memory": "tanh of the memory"}.get(shows, shows)
    said = [c.description for line in view.traces[0].lines for c in line]
    numbers = [float(text.replace("−", "-")) for text in said]
    assert numbers == pytest.approx(wanted.tolist(), abs=0.0051)


def test_what_is_not_there_is_named() -> None:
    """Cells and hypotheses that are missing are told with the nearest that is there."""
    with pytest.raises(FigureError, match=r"no trace of 1\.3.*1\.2"):
        trace(cells=("1.3",))
    with pytest.raises(FigureError, match=r"in strin.*in string"):
        trace(hypothesis="in strin")
    with pytest.raises(FigureError, match=r"in strin.*in string"):
        wall(hypothesis="in strin")
    bare = replace(celled.search(), cells=(Cell(3, 1),) * 24)
    with pytest.raises(FigureError, match=r"no trace of cell 3\.1"):
        CellWall(figure="wall", search="s", traces="t").view(bare, celled.traces())


def test_hostile_characters_are_seen() -> None:
    """A mark that turns the direction and a null are drawn as signs, one a place."""
    text = "a\u202eb\x00<"
    traces = replace(
        celled.chosen(),
        tokens=tuple(map(Token, text)),
        activations=np.zeros((2, 5), np.float32),
        memories=np.zeros((2, 5), np.float32),
        truths=np.zeros((3, 5), np.float32),
    )
    view = CellTraceText(figure="trace", artifact="a").view(traces)
    shown = [c.token.text for c in view.traces[0].lines[0]]
    assert shown == ["a", "‹U+202E›", "b", "␀", "<"]
    search = replace(celled.search(), cells=traces.cells, strengths=np.eye(3, 2))
    picture = CellWall(figure="wall", search="s", traces="t").view(search, traces)
    assert picture.letters == "a\N{REPLACEMENT CHARACTER}b␀<"


def test_strips_are_sorted_and_hold_every_cell() -> None:
    """The best first, all of them, their runs being the trace in seven steps."""
    view = wall(hypothesis="in comment")
    assert len(view.strips) == 24
    assert view.strips[0].name == "1.2"
    row = celled.search().strengths[1]
    order = np.argsort(-np.abs(row), kind="stable")
    assert [s.name for s in view.strips] == [f"1.{i + 1}" for i in order]
    assert [s.found for s in view.strips] == [True] + [False] * 23
    values = np.tanh(celled.traces().memories[1])
    steps = {css: step for step, css in CLASSES.items()}
    drawn = np.zeros(len(values), int)
    for css, path in view.strips[0].runs:
        for start, wide in re.findall(r"M(\d+) 0h(\d+)", path):
            drawn[int(start) : int(start) + int(wide)] = steps[css]
    assert (drawn == np.rint(3 * values).astype(int)).all()


def test_letters_and_places_stay_together() -> None:
    """As many places as signs as characters; the true ones are a strip of their own."""
    view = wall(hypothesis="in string")
    assert len(view.letters) == len(view.places.split()) == view.width
    assert view.width == len(celled.CODE)
    true = re.findall(r"M(\d+) 0h(\d+)", view.truth)
    assert sum(int(wide) for _, wide in true) == int(celled.truths()[0].sum())
    assert not wall(hypothesis="bracket depth").truth


def test_the_verdict_follows_search_and_ablation() -> None:
    """Found and used, found and correlating only, not found: each in words."""
    verdicts = [line.verdict for line in table().lines]
    assert verdicts == ["found and used", "correlates only", "not found"]
    bare = Hypotheses(figure="hypotheses", search="s").view(celled.search())
    assert [line.verdict for line in bare.lines][:2] == [
        "found, not tested by holding"
    ] * 2
    other = replace(
        celled.effects(), effects=(celled.effect("in string", 9, use="used"),)
    )
    figure = Hypotheses(figure="hypotheses", search="s", ablation="a")
    assert (
        figure.view(celled.search(), other).lines[0].verdict
        == "found, not tested by holding"
    )


def test_every_number_of_the_table_can_be_pointed_at() -> None:
    """Cells and their headings agree, and each says what it is."""
    view = table()
    for line, track in zip(view.lines, view.items().tracks, strict=True):
        assert len(line.cells) == len(HEADS) - 1 == len(track.items)
        assert all(cell.description.startswith(line.name) for cell in line.cells)
    assert "2 have a cell" in "".join(map(str, phrase_text(view.summary)))


def test_scores_of_the_table_are_the_artifact_s_to_four_decimals() -> None:
    """Each stands under its head, of a cell and of probes alike."""
    view, fits = table(), celled.search().fits
    (behind,) = view.tables
    heads = [head for head in behind.head if head != "hypothesis"]
    for fit, row in zip(fits, behind.rows, strict=True):
        cells = dict(zip(heads, map(str, row.cells), strict=True))
        for head, value in (
            ("first text", fit.score), ("second text", fit.again), ("low", fit.low),
            ("high", fit.high), ("best untrained", fit.untrained),
            ("probe", fit.probe), ("untrained probe", fit.untrained_probe),
        ):  # fmt: skip
            if np.isfinite(value):
                assert cells[head].replace("\N{MINUS SIGN}", "-") == f"{value:.4f}"


def test_a_trace_is_pictured_line_by_line() -> None:
    """A study that leads with a trace has its first lines as a picture."""
    figure = CellTraceText(figure="trace", artifact="a", cells=("1.2",))
    traces = celled.chosen()
    found = figure.thumbnails(traces)
    assert found
    assert found.lead.lines == 5
    assert "cell 1.2" in found.lead.description
    assert found.strip.lines == 3
