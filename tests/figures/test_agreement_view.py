"""Agreement as matrices: fixed scales, a blank diagonal, one number for each pair."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from generator.artifacts import Agreement
from generator.core.errors import FigureError
from generator.figures.formatting import phrase_text
from generator.figures.statistics.agreement import AgreementMatrix, AgreementView
from tests.figures import trusted


def view(made: Agreement, **settings: Any) -> AgreementView:
    """What a figure of agreement shows."""
    return AgreementMatrix(figure="agreement", artifact="a", **settings).view(made)


def test_a_matrix_is_the_same_on_both_sides_of_a_blank_diagonal() -> None:
    """Cell (i, j) has the colour and the number of (j, i), and (i, i) has none."""
    drawn = view(trusted.agreement())
    assert len(drawn.matrices) == 3
    for matrix in drawn.matrices:
        cells = [line.cells for line in matrix.lines]
        for i, row in enumerate(cells):
            for j, cell in enumerate(row):
                assert (cell.css, cell.text) == (cells[j][i].css, cells[j][i].text)
                assert bool(cell.description) == bool(cell.css) == (i != j)


def test_scales_do_not_follow_the_data() -> None:
    """A correlation is from −1 to 1, a share from 0 to 1, and the legend says so."""
    drawn = view(trusted.agreement())
    assert [scale.signed for scale in drawn.scales] == [True, False]
    assert [m.signed for m in drawn.matrices] == [True, False, False]
    for scale, low in zip(drawn.scales, ("−1", "0"), strict=True):
        assert scale.bound == 1
        assert scale.note == f"fixed, {low} to 1, in all figures"
    made = trusted.agreement()
    small = view(replace(made, values=made.values / 10)).matrices[0]
    assert small.lines[0].cells[1].css == drawn.scales[0].shade(
        float(made.values[0, 0, 1]) / 10
    )


def test_a_cell_tells_its_value_its_interval_and_its_texts() -> None:
    """Without the picture, the words hold all; the table's heads name the pair."""
    made = trusted.agreement()
    said = view(made).matrices[1].lines[0].cells[1].description
    assert said.startswith("0.")
    assert said.endswith(f"{int(made.texts[1, 0, 1])} texts")
    assert "[" in said


def test_what_is_not_defined_has_no_colour() -> None:
    """A pair without a value is a dash, and its words say so."""
    made = trusted.agreement()
    gone = made.values.copy()
    gone[2] = np.nan
    drawn = view(replace(made, values=gone))
    cell = drawn.matrices[2].lines[0].cells[1]
    assert (cell.css, cell.text) == ("", "–")
    assert cell.description == "no text to compare them on"
    none = view(replace(made, values=np.full_like(gone, np.nan)))
    assert phrase_text(none.summary).endswith(
        "no text on which two explanations can be compared."
    )


def test_times_stand_below_where_they_are_known() -> None:
    """One that was not recorded is not told."""
    made = trusted.agreement()
    assert view(made).times == ()
    timed = replace(made, seconds=np.array([1.5, np.nan, 40.2], np.float32))
    told = view(timed, names={"exact": "Shapley"}).times
    assert [(s.name, s.value) for s in told] == [
        ("Shapley", "1.5 s"),
        ("blind", "40 s"),
    ]


def test_the_table_holds_every_pair_once() -> None:
    """Each with every measure's value, interval and texts."""
    (table,) = view(trusted.agreement()).tables
    pairs = [(row.head, row.cells[0]) for row in table.rows]
    assert pairs == [("exact", "half"), ("exact", "blind"), ("half", "blind")]
    assert all(len(row.cells) == 1 + 3 * 4 for row in table.rows)
    assert len(table.head) == 2 + 3 * 4


def test_the_summary_names_who_agrees_most_and_least() -> None:
    """By the first measure that is drawn."""
    made = trusted.agreement()
    said = phrase_text(view(made).summary)
    assert said.startswith("By Spearman's rho, exact and half agree most, 0.")
    two = Agreement(
        names=("a", "b"), quantities=("x", "y"), measures=("rho",),
        values=np.array([[[np.nan, 0.5], [0.5, np.nan]]], np.float32),
        low=made.low[:1, :2, :2], high=made.high[:1, :2, :2],
        texts=made.texts[:1, :2, :2], seconds=made.seconds[:2],
    )  # fmt: skip
    assert phrase_text(view(two).summary) == "rho is 0.50 for a and b."


def test_what_cannot_be_drawn() -> None:
    """Measures and names that are not there, and arrays of another shape."""
    made = trusted.agreement()
    with pytest.raises(FigureError, match='measures: there is no "tau"'):
        view(made, measures=("tau",))
    with pytest.raises(FigureError, match='names: "exac" is not compared; did you'):
        view(made, names={"exac": "x"})
    with pytest.raises(FigureError, match="values are 2 by 3 by 3; expected"):
        view(replace(made, values=made.values[:2]))
    assert len(view(made, measures=("sign agreement",)).matrices) == 1
