"""Explanations that follow the model, and some that only follow the text."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, ClassVar, Literal

import numpy as np
import pytest

from generator.artifacts import Scores, TokenScores, TrustScore
from generator.core.errors import ConfigError, UnsupportedError
from generator.methods.attribution.anchors import AnchorExplanation
from generator.methods.attribution.gradients import WordGradients
from generator.methods.attribution.leave_one_out import LeaveOneOut
from generator.methods.attribution.lime import Lime
from generator.methods.base import Context, Method
from generator.methods.common.explained_predictions import AttributionMethod
from generator.methods.evaluation.sanity import SanityCheck
from generator.models.capabilities import Randomisable
from generator.study.study import load_study
from tests.fakes.classifiers import LinearClassifier
from tests.methods.attending import stored
from tests.methods.explanations import LETTERS, make_context, word_logits, written

ALL = "rank correlation, all layers random"


class Layered(LinearClassifier):
    """A linear classifier of two layers: `table`, which is drawn, and `output`.

    Random, the output has its sign turned: what spoke for a label speaks against it.
    """

    layers = ("output", "table")

    def randomise_layers(self, layers: int, seed: int) -> Any:
        table = word_logits(seed=seed) if layers > 1 else self.word_logits()
        weights = table[:, ::-1] if layers else table
        return Layered(LETTERS, weights, biases=self.biases, epoch=self.epoch)


class Edges(AttributionMethod):
    """Scores of the text alone, whatever the model: an edge detector."""

    gives: ClassVar = TokenScores
    method: Literal["edges"] = "edges"

    def collect(self, context: Context) -> TokenScores:
        held = self.find_predictions(context)
        texts = (case.with_scores(np.array(case.question.ids)) for case in held)
        return TokenScores(
            epoch=1, texts=tuple(texts), labels=held[0].model.labels, quantity="edges"
        )


def model(seed: int = 3) -> Any:
    """A classifier with layers."""
    return Layered(LETTERS, word_logits(seed=seed), biases=(0.2, -0.1))


def about(count: int = 20, **more: Any) -> dict[str, Any]:
    """What an attribution of texts is told."""
    return {"model": "m", "texts": tuple(written(count)), **more}


def collected(method: Method, state: Any) -> Any:
    """What a method gives with the draws that a study would give it first."""
    given = make_context(state, makers=[method])
    return method.collect(Context(given.model, None, (), given.producers[0].seed))


def sanity(
    method: Method, *permuted: Any, state: Any = None, **settings: Any
) -> Scores:
    """The scores of what a method gives, as `a`."""
    state = state or model()
    names = {"of": ("a",), "permuted": tuple("xyz"[: len(permuted)])}
    grade = SanityCheck(method="sanity", model="m", **names, **settings)
    assert grade.artifact_names() == (*names["of"], *names["permuted"])
    read = collected(method, state), *permuted
    found = grade.collect(make_context(state, *read, makers=[method] * len(read)))
    assert stored(found) == found
    return found


def by_name(found: Scores) -> dict[str, TrustScore]:
    """The rows."""
    return {row.name: row for row in found.rows}


def test_the_fake_can_be_randomised() -> None:
    """It is what the method asks for."""
    assert isinstance(model(), Randomisable)


def test_what_follows_the_model_passes() -> None:
    """Other weights, other scores: no more alike than random orders."""
    slope = WordGradients(method="gradients", kind="input", **about(40))
    found = by_name(sanity(slope))
    assert list(found) == [ALL, "rank correlation, output random"]
    row = found[ALL]
    assert row.said == "passed"
    assert row.n == 40
    assert not row.higher_is_better
    assert row.value == pytest.approx(row.baseline, abs=0.15)
    assert row.baseline_low < row.baseline < row.baseline_high < 0.5


def test_the_size_of_the_correlation_counts() -> None:
    """Scores turned around still show the old order; the step is not judged."""
    told = about(quantity="probability")
    slope = WordGradients(method="gradients", kind="input", **told)
    row = by_name(sanity(slope))["rank correlation, output random"]
    assert row.value == pytest.approx(1)
    assert row.said == "none"


def test_what_only_follows_the_text_fails() -> None:
    """The same scores whatever the weights are."""
    found = by_name(sanity(Edges(**about())))
    assert found[ALL].value == 1
    assert found[ALL].said == "failed"


def test_draws_are_those_of_the_artifact() -> None:
    """So that LIME of the same network would be the same."""

    class Unrandomised(Layered):
        def randomise_layers(self, layers: int, seed: int) -> Any:
            del layers, seed
            return self

    state = Unrandomised(LETTERS, word_logits(), biases=(0.2, -0.1))
    lime = Lime(method="lime", samples=20, repeats=1, **about(10))
    found = by_name(sanity(lime, state=state, documents=10))
    assert found[ALL].value == 1
    assert found[ALL].n == 10


def test_anchors_are_those_of_the_random_network_s_own_prediction() -> None:
    """It has none for another label."""
    state = Layered(LETTERS, 3 * word_logits())
    found = by_name(sanity(AnchorExplanation(method="anchors", **about()), state=state))
    row = found["overlap of anchors, all layers random"]
    assert row.n == 15  # those of which the trained model's anchor is not empty
    assert row.value < 0.5
    assert row.baseline > 0


@pytest.mark.slow(2)
def test_permuted_labels_are_compared() -> None:
    """The model that learnt them is another artifact's."""
    left = LeaveOneOut(method="leave_one_out", **about(40))
    other = collected(left, model(seed=8))
    found = by_name(sanity(left, other))
    row = found["rank correlation, labels permuted"]
    assert row.said == "passed"
    assert row.baseline == found[ALL].baseline
    same = by_name(sanity(left, collected(left, model())))
    assert same["rank correlation, labels permuted"].value == 1
    assert same["rank correlation, labels permuted"].said == "failed"


def test_permuted_labels_of_some_texts() -> None:
    """The texts of both count, also beyond those that are explained again."""
    left = LeaveOneOut(method="leave_one_out", **about(40))
    some = LeaveOneOut(method="leave_one_out", **about(30))
    found = by_name(sanity(left, collected(some, model(seed=8)), documents=12))
    assert found[ALL].n == 12
    assert found["rank correlation, labels permuted"].n == 30


def test_few_texts_and_none() -> None:
    """Nine decide for nothing, and of none there is no number."""
    few = by_name(sanity(Edges(**about(9))))
    assert few[ALL].said == "none"
    short = sanity(Edges(model="m", texts=("a", "zig zag")))
    assert all(math.isnan(row.value) for row in short.rows)
    assert all(row.said == "none" for row in short.rows)
    given = "over 2 texts that the author gave, so that the estimates speak for no"
    assert short.notes[2:] == (
        f"{given} others",
        "a: 1 text left out: 1 token; at least 2 are needed",
        "a: 1 text left out: all 2 words are outside the vocabulary",
    )


def test_other_texts_are_refused() -> None:
    """Permuted labels are those of the same documents."""
    left = LeaveOneOut(method="leave_one_out", **about(5))
    other = collected(LeaveOneOut(method="leave_one_out", **about(6)), model(8))
    with pytest.raises(ConfigError, match='"x" explains other texts than "a"'):
        sanity(left, other)
    with pytest.raises(UnsupportedError, match='"x" holds no scores'):
        sanity(left, Scores(aspect="sanity", rows=()))
    with pytest.raises(ValueError, match="2 artifacts for 1 in of"):
        SanityCheck(method="sanity", model="m", of=("a",), permuted=("x", "y"))


STUDY = """title: T
corpora: {c: {kind: planted_reviews}}
models:
  m: {kind: bag_of_words, corpus: c}
  p: {kind: bag_of_words, corpus: c%s}
artifacts:
  a: {method: coefficients, model: m, documents: 9}
  b: {method: coefficients, model: p, epoch: last, documents: 9}
  s: {method: sanity, model: m, of: [a], permuted: [b]}
"""


def test_permuted_labels_are_those_of_the_recipe(tmp_path: Path) -> None:
    """An artifact of a model whose labels are as they were is refused when read."""
    folder = tmp_path / "studies" / "2024-02-29-t"
    folder.mkdir(parents=True)
    file = folder / "study.yaml"
    file.write_text(STUDY % ", permute_labels: true")
    assert load_study(folder).models["p"].permute_labels
    file.write_text(STUDY % "")
    with pytest.raises(ConfigError) as raised:
        load_study(folder)
    assert (
        'study.yaml:9:53: artifacts.s: artifact "b" asks model "p", whose labels are '
        "as they were; set permute_labels: true on that model" in str(raised.value)
    )
