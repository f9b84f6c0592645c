"""Signs and colours: one rule, whatever order a model has its labels in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from generator.artifacts import (
    OTHER_TOKEN,
    Estimate,
    Predictions,
    ScoredText,
    TokenFrames,
    TokenScores,
    order_classes,
)
from generator.figures import scales, token_chips
from generator.figures.base import View
from generator.figures.formatting import format_numeral, format_probability
from generator.figures.scales import colour_sign
from generator.figures.statistics.confusion import Confusion
from generator.figures.statistics.estimates import format_estimate
from generator.figures.tables import csv_lines
from generator.figures.text.bars import WordBars
from generator.figures.text.compare import TextComparison
from generator.figures.text.heatmap import Heatmap
from generator.figures.text.history import EpochHistory
from tests.figures.scored import PLAIN, tokens

NAMES = ("pos", "neg", "10 stars", "9 stars", "neutral")


def scored_texts(labels: tuple[str, ...], seed: int) -> TokenScores:
    """Signed scores of three texts, each for the label predicted for it."""
    draws = np.random.Generator(np.random.PCG64([seed, len(labels)]))
    texts = []
    for i in range(3):
        p = draws.dirichlet(np.ones(len(labels))).astype(np.float32)
        texts.append(
            ScoredText(
                tokens=tokens(PLAIN),
                scores=draws.normal(size=len(PLAIN)).astype(np.float32),
                probabilities=p,
                label=labels[int(p.argmax())],
                truth=labels[i % len(labels)],
                spread=np.full(len(PLAIN), 0.2, np.float32),
            )
        )
    return TokenScores(
        epoch=seed,
        texts=tuple(texts),
        labels=labels,
        quantity="Shapley value",
        unit="logits",
        signed=True,
    )


def permute(scores: TokenScores, order: tuple[int, ...]) -> TokenScores:
    """The same scores of a model that has its labels in another order."""
    return replace(
        scores,
        labels=tuple(scores.labels[i] for i in order),
        texts=tuple(
            replace(text, probabilities=text.probabilities[list(order)])
            for text in scores.texts
        ),
    )


def text_views(scores: TokenScores, later: TokenScores) -> Iterator[View]:
    """Every figure that colours the words of a classified text."""
    for number in (1, 2, 3):
        yield Heatmap(figure="heatmap", artifact="a", text=number).view(scores)
        yield WordBars(figure="bars", artifact="a", text=number).view(scores)
        yield TextComparison(figure="compare", artifacts=("a", "b"), text=number).view(
            scores, replace(scores, quantity="LIME coefficient")
        )
        yield EpochHistory(figure="history", artifact="a", text=number).view(
            TokenFrames(frames=(scores, later))
        )
    yield Heatmap(figure="heatmap", artifact="a").view(scores)


@pytest.mark.parametrize("many", [2, 3, 4, 5])
def test_the_order_of_labels_changes_no_colour_and_no_number(many: int) -> None:
    """Views are equal, cell by cell, for every order that a model has its labels in."""
    scores, later = scored_texts(NAMES[:many], 1), scored_texts(NAMES[:many], 2)
    expected = list(text_views(scores, later))
    squares = Heatmap(figure="heatmap", artifact="a").thumbnails(scores)
    for order in permutations(range(many)):
        one, two = permute(scores, order), permute(later, order)
        assert list(text_views(one, two)) == expected
        assert Heatmap(figure="heatmap", artifact="a").thumbnails(one) == squares


def test_a_colour_by_the_models_order_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Were a class's end the model's first label, the views would differ."""
    scores, later = scored_texts(NAMES[:2], 1), scored_texts(NAMES[:2], 2)
    monkeypatch.setattr(scales, "order_classes", tuple)
    swapped = permute(scores, (1, 0)), permute(later, (1, 0))
    assert list(text_views(scores, later)) != list(text_views(*swapped))


@pytest.mark.parametrize("many", [2, 3, 4, 5])
def test_a_confusion_matrix_has_one_colour_for_a_pair_of_labels(many: int) -> None:
    """A cell's class and text belong to its two labels, whatever their places."""
    draws = np.random.Generator(np.random.PCG64(many))
    truths = draws.integers(many, size=60).astype(np.int32)
    chances = draws.dirichlet(np.ones(many), size=60).astype(np.float32)

    def cells(order: tuple[int, ...]) -> dict[tuple[str, str], Any]:
        labels = tuple(NAMES[i] for i in order)
        place = np.argsort(np.array(order))
        made = Confusion(figure="confusion", artifact="a").view(
            Predictions(
                labels=labels,
                documents=np.arange(60, dtype=np.int32),
                truths=place[truths].astype(np.int32),
                probabilities=chances[:, list(order)],
                part="test",
            )
        )
        return {
            (true, given): cell
            for true, row in zip(labels, made.rows, strict=True)
            for given, cell in zip(labels, row.cells, strict=True)
        }

    expected = cells(tuple(range(many)))
    assert all(cells(order) == expected for order in permutations(range(many)))


def test_a_number_has_the_artifacts_sign_and_the_column_says_whose() -> None:
    """Numerals, tables and CSV print the stored score; each names the text's label."""
    scores = scored_texts(("neg", "pos"), 4)
    assert {text.label for text in scores.texts} == {"neg", "pos"}
    made = Heatmap(figure="heatmap", artifact="a").view(scores)
    for block, table, text in zip(made.blocks, made.tables, scores.texts, strict=True):
        assert f"+ speaks for {text.label}" in block.head.rest
        head, *rows = csv_lines((table,))
        assert head[1] == f"Shapley value (logits; + speaks for {text.label})"
        for chip, row, score in zip(block.words.read, rows, text.scores, strict=True):
            assert chip.numeral == format_numeral(float(score), signed=True)
            assert float(row[1]) == pytest.approx(float(score), abs=1e-4)


def test_the_colour_is_the_class_that_a_score_speaks_for() -> None:
    """What speaks for the first class is on the low arm, and nothing else is."""
    scores = scored_texts(("pos", "neg"), 4)
    made = Heatmap(figure="heatmap", artifact="a").view(scores)
    for block, text in zip(made.blocks, scores.texts, strict=True):
        for chip, score in zip(block.words.read, text.scores, strict=True):
            arm = int(chip.css.split()[0][1:]) - 16
            for_negative = (score > 0) == (text.label == "neg")
            assert arm <= 0 if for_negative else arm >= 0


def test_texts_of_two_labels_share_a_ramp_without_signs() -> None:
    """Where + is either end, the ramp's marks are sizes and its ends name classes."""
    scores = scored_texts(("pos", "neg"), 4)
    made = Heatmap(figure="heatmap", artifact="a").view(scores).scale
    assert made
    assert made.ends == ("for neg", "for pos")
    assert not any(mark.text.startswith(("+", "−")) for mark in made.marks)
    assert "+ speaks for the label named with each text" in made.note


def test_classes_are_ordered_by_their_names() -> None:
    """By characters and numbers; any other token comes before the one asked about."""
    assert order_classes(("pos", "neg")) == ("neg", "pos")
    assert order_classes(("10 stars", "9 stars")) == ("9 stars", "10 stars")
    assert order_classes((OTHER_TOKEN, "a")) == (OTHER_TOKEN, "a")
    assert order_classes(("!", OTHER_TOKEN)) == (OTHER_TOKEN, "!")


def test_a_sign_is_stated_by_the_artifact() -> None:
    """`speaks_for` follows from whether scores are signed, and cannot be given."""
    scores = scored_texts(("pos", "neg"), 4)
    assert scores.speaks_for == "the label of each text"
    assert replace(scores, signed=False).speaks_for == ""
    assert replace(scores, speaks_for="me").speaks_for == "the label of each text"
    assert colour_sign(replace(scores, signed=False), scores.texts[0]) == 1


def test_a_score_within_two_standard_errors_is_said_to_be_so() -> None:
    """The rule that dots a word is named by its threshold, not as an absence."""
    chip = token_chips.build_chip(
        tokens(PLAIN)[0],
        0.1,
        0.2,
        scales.token_scale([(s, s.texts[0]) for s in [scored_texts(("a", "b"), 1)]]),
        marked=False,
        sign=1,
    )
    assert "under two standard errors from 0" in chip.description


@pytest.mark.parametrize(
    ("p", "said"),
    [
        (0.0, "0.00"), (0.0031, "0.003"), (0.994, "0.99"), (3981 / 4000, "0.995"),
        (0.99949, "0.999"), (0.9996, ">0.999"), (1 - 6e-8, "1.00"), (1.0, "1.00"),
        (float("nan"), "–"),
    ],
)  # fmt: skip
def test_a_share_below_1_is_not_printed_as_1(p: float, said: str) -> None:
    """Only 0 and 1 themselves, to a millionth, are printed as 0 and 1."""
    assert format_probability(p) == said


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((7.82e-6, 6.9e-6, 8.8e-6), "7.82e-06 [6.9e-06, 8.8e-06]"),
        ((8e-6, 8e-6, 8e-6), "8e-06 [8e-06, 8e-06]"),
        ((31.584301, 31.584301, 31.584302), "31.584"),
        ((0.02, 0.01, 0.03), "0.020 [0.010, 0.030]"),
    ],
)
def test_an_estimate_is_never_printed_as_nothing(
    values: tuple[float, float, float], said: str
) -> None:
    """Numbers too small for six decimals, or too alike, have significant digits."""
    assert format_estimate(Estimate("a", *values, n=9)) == said
