"""What each cell of a notebook draws and prints, of contents that are known."""

from __future__ import annotations

import hashlib
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from generator.site.notebook import helpers, notebook_cells

Axes = Any
Content = dict[str, Any]
SCORES = [[0.5, -2.0], [None, 1.0]]


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Axes]]:
    """The axes of every picture that a cell shows; its scale is left out."""
    axes: list[Axes] = []
    monkeypatch.setattr(plt, "show", lambda: axes.append(plt.gcf().axes[0]))
    plt.switch_backend("Agg")
    yield axes
    plt.close("all")


def labels(axis: Any) -> list[str]:
    """The words at an axis."""
    return [one.get_text() for one in axis.get_ticklabels()]


def numbers(values: object) -> Any:
    """An array of numbers, NaN where there is none."""
    return np.array(values, float)


def check_heatmap(axes: Axes, values: object, *, signed: bool, bound: float) -> None:
    """Assert which values have colours, and on which scale."""
    (image,) = axes.images
    found = np.ma.filled(image.get_array(), np.nan)
    assert np.array_equal(found, numbers(values), equal_nan=True)
    assert image.get_clim() == (-bound if signed else 0, bound)
    assert image.get_cmap().name == ("PuOr" if signed else "viridis")


@pytest.mark.parametrize("signed", [True, False])
def test_slots_are_rows_of_steps(
    signed: bool, shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """The newest slot on the right; parts are summed over steps and slots."""
    content: Content = {
        "scores": SCORES, "targets": ["a", {"text": "b"}], "signed": signed,
        "quantity": "q", "unit": "nats",
    }  # fmt: skip
    notebook_cells.show_slot_scores(content)
    check_heatmap(shown[0], SCORES, signed=signed, bound=2.0)
    assert labels(shown[0].xaxis) == ["-2", "-1"]
    assert labels(shown[0].yaxis) == ["a", "b"]
    meaning = "; + speaks for what is explained" if signed else ""
    assert shown[0].get_title() == f"q{meaning}"
    bar = shown[0].figure.axes[1]
    assert bar.get_ylabel() == ("-2 to 2" if signed else "0 to 2")
    assert capsys.readouterr().out == ""
    parts = {"parts": ["x", "y"], "by_part": [[[1, 2], [3, 4]], [[5, 6], [7, -8]]]}
    notebook_cells.show_slot_scores(content | parts)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [f"{'x':24} +16.0000 nats", f"{'y':24} +4.0000 nats"]


def test_the_last_epoch_is_drawn(
    shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """Of several, which are named."""
    frames = [
        {"epoch": n, "scores": [[n]], "targets": ["a"], "signed": False, "quantity": ""}
        for n in (2, 5)
    ]
    notebook_cells.show_slot_scores({"frames": frames})
    check_heatmap(shown[0], [[5]], signed=False, bound=5)
    assert capsys.readouterr().out == "epochs: [2, 5]\n"


TEXTS = [
    {"undefined": "too long", "label": "bad", "tokens": [], "scores": []},
    {
        "undefined": "", "label": "good", "tokens": ["a", "b"], "scores": [0.5, -1.0],
        "probabilities": [0.25, 0.75],
    },
    {
        "undefined": "", "label": "bad", "tokens": ["c"], "scores": [9.0],
        "probabilities": [0.66666, 0.33334],
    },
]  # fmt: skip


@pytest.mark.parametrize("signed", [True, False])
def test_the_first_text_with_scores_is_drawn(
    signed: bool, shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """Others say why they have none; each has its probabilities."""
    content = {
        "texts": TEXTS, "labels": ["bad", "good"], "signed": signed, "quantity": "q"
    }  # fmt: skip
    notebook_cells.show_token_scores(content)
    (axes,) = shown
    check_heatmap(axes, [[0.5, -1.0]], signed=signed, bound=1)
    assert (labels(axes.xaxis), labels(axes.yaxis)) == (["a", "b"], ["good"])
    assert axes.get_title() == ("q; + speaks for good" if signed else "q")
    due = ["no scores: too long"]
    for label, one, other in (("good", 0.25, 0.75), ("bad", 0.667, 0.333)):
        due.append(f"{label!r}: {{'bad': {one}, 'good': {other}}}")
        due += [f"scores of this text: + speaks for {label!r}"] if signed else []
    assert capsys.readouterr().out.splitlines() == due
    notebook_cells.show_token_scores(content | {"texts": TEXTS[:1]})
    assert len(shown) == 1


@pytest.mark.parametrize("signed", [True, False])
def test_a_row_is_an_epoch(signed: bool, shown: list[Axes]) -> None:
    """With what + speaks for there, where that means something."""
    frames = [
        {
            "epoch": epoch, "quantity": "q", "signed": signed,
            "texts": [{"scores": [epoch, 1], "label": label, "tokens": ["a", "b"]}],
        }
        for epoch, label in ((1, "x"), (4, "y"))
    ]  # fmt: skip
    notebook_cells.show_token_frames({"frames": frames})
    check_heatmap(shown[0], [[1, 1], [4, 1]], signed=signed, bound=4)
    rows = (
        ["epoch 1, + for x", "epoch 4, + for y"] if signed else ["epoch 1", "epoch 4"]
    )
    assert labels(shown[0].yaxis) == rows
    assert labels(shown[0].xaxis) == ["a", "b"]


def test_searches_have_a_line_for_mixtures_and_for_texts(
    shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each start with the words that it ended at."""
    stages = [{"tokens": ["no"]}, {"tokens": ["a", "b"]}]
    search = {
        "stages": stages,
        "flipped": 0.123456,
        "mixtures": [1, 2],
        "texts": [3, 4],
    }
    content = {
        "searches": [search, search | {"texts": [5, 6]}], "unit": "nats",
        "quantity": "q", "best_random": {"score": 0.98765},
    }  # fmt: skip
    notebook_cells.show_optimised(content)
    lines = [(one.get_linestyle(), list(one.get_ydata())) for one in shown[0].lines]
    assert lines == [("--", [1, 2]), ("-", [3, 4]), ("--", [1, 2]), ("-", [5, 6])]
    assert list(shown[0].lines[0].get_xdata()) == [0, 1]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "start 1: 0.1235 nats: a b"
    assert said[1].startswith("start 2: ")
    assert said[2] == "best random text: 0.9877"


def test_a_rule_has_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Or why there is none."""
    one = {
        "tokens": ["a", "b", "c"], "anchor": [0, 2], "precision": 0.9, "low": 0.8,
        "high": 1.0, "coverage": 0.5, "undefined": "", "label": "x",
    }  # fmt: skip
    notebook_cells.show_anchors({"texts": [one, one | {"undefined": "none"}]})
    head = "'x' if the text holds ['a', 'c']: "
    due = [f"{head}precision 0.9 [0.8, 1.0], coverage 0.5", f"{head}none"]
    assert capsys.readouterr().out.splitlines() == due


@pytest.mark.parametrize("marked", [None, 0, 2])
def test_curves_share_their_places(marked: int | None, shown: list[Axes]) -> None:
    """One of them is marked, where one is."""
    content = {
        "x": [0, 1], "y": [[1, 2], [3, 4]], "names": ["a", "b"], "marked_x": marked,
        "x_label": "x", "y_label": "y",
    }  # fmt: skip
    notebook_cells.show_curves(content)
    lines = [list(one.get_ydata()) for one in shown[0].lines]
    assert lines[:2] == [[1, 2], [3, 4]]
    assert len(lines) == (2 if marked is None else 3)
    if marked is not None:
        assert list(shown[0].lines[2].get_xdata()) == [marked] * 2


ROW = {"name": "a", "value": 1.0, "low": 0.0, "high": 2.0, "n": 7, "of": "e"}


@pytest.mark.parametrize("reference", [None, 0.0])
def test_estimates_have_their_intervals(
    reference: float | None, shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """From top to bottom; a claim has its verdict, if there is one."""
    content: Content = {
        "claim": "", "rows": [ROW, ROW | {"name": "b", "value": 1.5}],
        "quantity": "q", "reference": reference,
    }  # fmt: skip
    notebook_cells.show_estimates(content)
    (axes,) = shown
    assert list(axes.lines[0].get_xdata()) == [1.0, 1.5]
    assert labels(axes.yaxis) == ["a", "b"]
    assert axes.yaxis_inverted()
    assert len(axes.lines) == (1 if reference is None else 2)
    ends = axes.collections[0].get_segments()
    assert [segment[:, 0].tolist() for segment in ends] == [[0, 2], [0, 2]]
    first = f"{'a':40} 1.0 [0.0, 2.0] n = 7"
    assert capsys.readouterr().out.splitlines()[0] == first
    claimed = content | {"rows": [], "claim": "c", "verdict": "holds"}
    notebook_cells.show_estimates(claimed)
    assert capsys.readouterr().out == "c - holds\n"
    assert len(shown) == 1


def test_cells_are_named_by_layer_and_place(capsys: pytest.CaptureFixture[str]) -> None:
    """The best of each hypothesis with what chance reaches, or with its effect."""
    cell = {"cell": {"layer": 1, "place": 5}, "low": 0, "high": 1}
    fit = cell | {"name": "h", "again": 0.5, "shifts": 0.2, "untrained": 0.3}
    content: Content = {"claim": "", "rows": []}
    notebook_cells.show_estimates(content | {"fits": [fit]})
    line = f"{'h':28} cell 1.5: 0.5 [0, 1]; shifts 0.2, untrained 0.3\n"
    assert capsys.readouterr().out == line
    effect = cell | {"hypothesis": "h", "use": "used"}
    notebook_cells.show_estimates(content | {"effects": [effect]})
    assert capsys.readouterr().out == "h, cell 1.5: used\n"


def test_explanations_agree_by_the_first_measure(shown: list[Axes]) -> None:
    """A row and a column each, on a scale with both signs."""
    values = [[[1, 0.5], [0.5, 1]], [[9, 9], [9, 9]]]
    content = {"names": ["a", "b"], "values": values, "measures": ["m", "n"]}
    notebook_cells.show_agreement(content)
    assert shown[0].get_title() == "m"
    check_heatmap(shown[0], [[1, 0.5], [0.5, 1]], signed=True, bound=1)


def test_gold_links_have_their_scores(
    shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """Target tokens down, source tokens across; or it is said that none is gold."""
    one: Content = {
        "targets": ["t", "u"],
        "sources": ["s", "v"],
        "scores": [[0, 1], [2, 3]],
    }
    content: Content = {
        "quantity": "q",
        "signed": False,
        "texts": [one | {"gold": [[1, 0]]}],
    }
    notebook_cells.show_alignments(content)
    assert labels(shown[0].yaxis) == ["t", "u"]
    assert labels(shown[0].xaxis) == ["s", "v"]
    assert capsys.readouterr().out == "gold: u - s 2.0000\n"
    notebook_cells.show_alignments(content | {"texts": [one | {"gold": None}]})
    assert capsys.readouterr().out == "no gold alignment\n"


@pytest.mark.parametrize("outline", [{"shape": [0, 2]}, [[0, 0], [1, 2]]])
def test_arrows_stand_at_their_places(outline: Any, shown: list[Axes]) -> None:
    """In two directions, with the longest as their key; an outline if there is one."""
    content = {
        "x": [0, 1], "y": [5, 6], "gradients": [[[3, 4], [0, 1]], [[1, 0], [2, 0]]],
        "outline": outline, "axes": ["a", "b"], "unit": "u", "function": "f",
    }  # fmt: skip
    notebook_cells.show_plane(content)
    (axes,) = shown
    arrows = axes.collections[0]
    assert arrows.U.tolist() == [3, 0, 1, 2]
    assert arrows.V.tolist() == [4, 1, 0, 0]
    assert arrows.XY.tolist() == [[0, 5], [1, 5], [0, 6], [1, 6]]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("a", "b")
    (key,) = axes.artists
    assert (key.U, key.label) == (5.0, "5 u")
    lines = [(list(one.get_xdata()), list(one.get_ydata())) for one in axes.lines]
    assert lines == ([([0, 1], [0, 2])] if isinstance(outline, list) else [])


def test_pixels_are_pictures_and_other_features_lines(
    shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """The sixteen largest, whatever their sign."""
    scores = [(-1) ** n * n / 10 for n in range(20)]
    content: Content = {
        "quantity": "q", "unit": "u", "signed": True, "shape": None,
        "features": [f"f{n}" for n in range(20)], "panels": [{"scores": scores}],
    }  # fmt: skip
    notebook_cells.show_feature_scores(content)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{'f19':32} -1.9"
    assert lines[1] == f"{'f18':32} +1.8"
    assert len(lines) == 16
    notebook_cells.show_feature_scores(content | {"shape": [4, 5]})
    check_heatmap(shown[0], np.reshape(scores, (4, 5)), signed=True, bound=1.9)


def test_labels_are_counted_by_what_was_given(
    shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """True ones down, predicted ones across."""
    content = {
        "labels": ["a", "b"], "truths": [0, 0, 1, 1],
        "probabilities": [[1, 0], [0, 1], [0, 1], [0, 1]],
    }  # fmt: skip
    notebook_cells.show_predictions(content)
    check_heatmap(shown[0], [[1, 1], [0, 2]], signed=False, bound=2)
    assert capsys.readouterr().out == "right: 0.750 of 4\n"
    empty: Content = {
        "labels": ["a", "b"],
        "truths": [],
        "probabilities": {"shape": [0, 2]},
    }
    notebook_cells.show_predictions(empty)
    assert capsys.readouterr().out == "right: 0.000 of 0\n"
    assert shown[1].images[0].get_clim() == (0, 1)


def test_groups_without_values_have_no_box(
    shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """But their line."""
    group = {"name": "a", "values": [1, 2], "mean": 1.5, "low": 1, "high": 2}
    content = {
        "claim": "", "quantity": "q",
        "groups": [group, group | {"name": "b", "values": []}],
    }  # fmt: skip
    notebook_cells.show_distributions(content)
    assert labels(shown[0].yaxis) == ["a"]
    assert [one.get_text() for one in shown[0].get_yticklabels()] == ["a"]
    lines = ["a: mean 1.5 [1, 2]", "b: mean 1.5 [1, 2]"]
    assert capsys.readouterr().out.splitlines() == lines


@pytest.mark.parametrize("count", [40, 41])
def test_cells_of_a_text_are_rows(
    count: int, shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """Of tanh of their memory; forty at most have names."""
    content = {
        "memories": [[0.5, -3.0]] * count, "tokens": ["a", None],
        "cells": [{"layer": 0, "place": n} for n in range(count)],
    }  # fmt: skip
    notebook_cells.show_cell_traces(content)
    (image,) = shown[0].images
    assert np.allclose(image.get_array(), np.tanh(content["memories"]))
    assert image.get_clim() == (-1, 1)
    assert ("0.39" in labels(shown[0].yaxis)) == (count == 40)
    assert capsys.readouterr().out == "a?\n"


def test_any_table_of_numbers_is_drawn(
    shown: list[Axes], capsys: pytest.CaptureFixture[str]
) -> None:
    """With both signs where there are both; all else is printed."""
    notebook_cells.show_artifact({"m": [[1, -1]], "p": [[0, 2]], "x": 3, "w": "a"})
    check_heatmap(shown[0], [[1, -1]], signed=True, bound=1)
    check_heatmap(shown[1], [[0, 2]], signed=False, bound=2)
    assert capsys.readouterr().out == "x: 3\nw: a\n"
    notebook_cells.show_artifact({"e": {"shape": [0, 2]}})
    assert len(shown) == 2


@pytest.mark.parametrize(
    ("token", "label"),
    [
        ("a\n", "a\\n"),
        ("$", r"\$"),
        ({"text": "b"}, "b"),
        ("x" * 24, "x" * 24),
        ("x" * 25, "x" * 23 + "…"),
    ],
)
def test_a_label_is_short_and_printable(token: Any, label: str) -> None:
    """Whatever the token is."""
    assert helpers.text(token) == label


def test_a_scale_holds_every_number(shown: list[Axes]) -> None:
    """Without any, or with none but 0, it is of 1."""
    for values, bound in (([[math.nan]], 1), ([[0.0]], 1), ([[-3.0, 2.0]], 3)):
        helpers.heatmap(numbers(values), ["a"], ["b"] * len(values[0]), "t")
        assert shown[-1].images[0].get_clim() == (0, bound)
    for shape, size in (((1, 1), (4.4, 3.3)), ((100, 100), (16, 16))):
        helpers.heatmap(np.ones(shape), [""] * shape[0], [""] * shape[1], "t")
        assert shown[-1].figure.get_size_inches() == pytest.approx(size)


def test_a_meaning_is_the_first_that_is_known() -> None:
    """The text's label, or what the artifact says."""
    content = {"quantity": "q", "signed": True, "speaks_for": "s"}
    assert helpers.signed_title(content, "l") == "q; + speaks for l"
    assert helpers.signed_title(content) == "q; + speaks for s"
    assert helpers.signed_title(content | {"signed": False}, "l") == "q"


def test_arrays_are_put_where_they_belong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In lists and mappings; both files are checked."""
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    packed = io.BytesIO()
    np.savez(packed, **{"rows.1.scores": np.arange(3), "flat.0": np.arange(2)})

    def write(npz: str | None) -> None:
        content: Content = {"rows": [{}, {"scores": None}], "flat": [None]}
        rest = json.dumps({"npz": npz, "content": content})[1:].encode()
        sha = hashlib.sha256(rest).hexdigest()
        Path("data/a.json").write_bytes(f'{{"sha256": "{sha}",\n'.encode() + rest)

    Path("data/a.npz").write_bytes(packed.getvalue())
    write(hashlib.sha256(packed.getvalue()).hexdigest())
    found = helpers.load("a")["content"]
    assert found["rows"][1]["scores"].tolist() == [0, 1, 2]
    assert found["flat"][0].tolist() == [0, 1]
    Path("data/a.npz").write_bytes(packed.getvalue() + b" ")
    with pytest.raises(AssertionError):
        helpers.load("a")
    write(None)
    assert helpers.load("a")["content"]["flat"] == [None]
    Path("data/a.json").write_bytes(Path("data/a.json").read_bytes() + b" ")
    with pytest.raises(AssertionError, match="changed"):
        helpers.load("a")
