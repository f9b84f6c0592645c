"""A perceptron: its answers, its gradients, its training and what it is kept from."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="tensorflow is not installed")

from generator.core.errors import CorpusError
from generator.core.progress import QuietProgress
from generator.corpora.base import Folders, Split
from generator.corpora.numeric.base import (
    NumericCorpus,
    make_numeric_corpus,
    require_numeric,
)
from generator.corpora.numeric.digits import Digits
from generator.corpora.numeric.points import Points
from generator.corpora.numeric.toy_colours import ToyColours
from generator.models.base import Quantity, TrainedModel
from generator.models.capabilities import RowClassifier
from generator.models.perceptron import PerceptronRecipe
from generator.networks import parameters
from generator.networks.perceptron import network as perceptron
from generator.networks.perceptron.network import PerceptronNetwork
from generator.networks.perceptron.training import (
    LabelledRows,
    PerceptronPlan,
    find_penalty_mask,
    find_used_features,
    format_notes,
    make_examples,
)

NOWHERE = Folders(Path("nowhere"), Path("nowhere"))
SETTINGS = perceptron.PerceptronSettings(4, 3, (6, 5))
ROWS = np.random.default_rng(3).normal(size=(7, 4))
QUANTITIES: tuple[Quantity, ...] = ("logit", "probability", "log probability")


def network(seed: int = 1) -> PerceptronNetwork:
    """A network with drawn weights, of features with units of their own."""
    arrays = parameters.draw_initial_arrays(
        perceptron.perceptron_shapes(SETTINGS), seed
    )
    names = tuple("abcd"), tuple("xyz")
    return PerceptronNetwork(
        SETTINGS, *names, (0.5, 0, 0, 1), (2, 1, 1, 0.1), arrays, 0
    )


def trained(corpus: NumericCorpus, folder: Path, **settings: Any) -> TrainedModel:
    """A perceptron that learnt `corpus`."""
    spec = PerceptronRecipe(kind="perceptron", corpus="c", **settings)
    spec.train(corpus, 0, folder, QuietProgress())
    assert spec.is_trained(folder)
    return spec.load(folder)


def right(corpus: NumericCorpus, model: RowClassifier, rows: tuple[int, ...]) -> float:
    """The share of these rows that are given their own label."""
    truths = [corpus.labels.index(corpus.documents[i].label or "") for i in rows]
    return float((model.predict(corpus.inputs[list(rows)]).argmax(1) == truths).mean())


def test_numpy_answers_as_the_trained_network_does() -> None:
    """The same arrays give the same probabilities in Keras and in NumPy."""
    model = perceptron.build_perceptron(SETTINGS, 1)
    asked = network()
    standard = (ROWS - asked.means) / asked.deviations
    logits = model(standard.astype(np.float32))["logits"].numpy()
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert asked.predict(ROWS) == pytest.approx(shares, abs=1e-5)
    assert isinstance(asked, RowClassifier)


@pytest.mark.parametrize("quantity", QUANTITIES)
@pytest.mark.parametrize("label", [None, 2])
def test_gradients_are_those_of_finite_differences(
    quantity: Quantity, label: int | None
) -> None:
    """Every feature's slope, in its own unit, is what a small step changes."""
    model, step = network(), 1e-6
    found = model.compute_gradients(ROWS, quantity, label)
    for feature in range(4):
        move = step * np.eye(4)[feature]
        ends = [
            model.compute_gradients(ROWS + s * move, quantity, label).values
            for s in (1, -1)
        ]
        slopes = (ends[0] - ends[1]) / (2 * step)
        assert found.gradients[:, feature] == pytest.approx(slopes, rel=1e-4, abs=1e-7)


def test_a_sure_answers_gradient_is_right_to_rounding() -> None:
    """Where p is 1 in single precision, its gradient is p (1 - p) times the logits'."""
    model = network()
    rows = ROWS * 400
    found = model.compute_gradients(rows)
    every = [
        model.compute_gradients(rows, "log probability", k).gradients for k in range(3)
    ]
    chosen = found.probabilities.argmax(1)
    by_log = np.stack(every)[chosen, np.arange(len(rows))]
    scale = found.probabilities.max(1)[:, None]
    assert np.allclose(found.gradients, scale * by_log, rtol=1e-9, atol=0)
    assert found.probabilities.max() > 1 - 1e-9
    assert (np.abs(found.gradients).max(1) > 0).all()


def test_only_log_probabilities_are_summed() -> None:
    """A sum of probabilities is 1 wherever one stands, so it is refused."""
    total = network().compute_gradients(ROWS, "log probability", summed=True)
    each = [
        network().compute_gradients(ROWS, "log probability", k).gradients
        for k in range(3)
    ]
    assert np.allclose(total.gradients, sum(each))
    with pytest.raises(ValueError, match="only log probabilities"):
        network().compute_gradients(ROWS, "probability", summed=True)


def test_examples_that_differ_in_a_mask_have_other_keys() -> None:
    """A checkpoint of a training with another mask is never gone on with."""
    rows, labels = ROWS.astype(np.float32), np.zeros(7, int)
    masks = [None, np.zeros((7, 4), bool), np.ones((7, 4), bool)]
    assert len({LabelledRows(rows, labels, mask).key for mask in masks}) == 3


@pytest.mark.slow(8)
def test_it_learns_points_and_trains_to_the_same_bits(tmp_path: Path) -> None:
    """Few epochs separate inside from outside, twice with the same weights."""
    corpus = require_numeric(Points(documents=2000, shape="circle").load(NOWHERE))
    one, two = (
        trained(corpus, tmp_path / name, epochs=6, batch_size=32) for name in "ab"
    )
    assert right(corpus, one.at("best"), one.log.tested) > 0.95
    rows = corpus.inputs[:50]
    assert np.array_equal(one.at(6).predict(rows), two.at(6).predict(rows))
    assert one.log.learnt == "rows"


def test_an_unknown_mask_is_refused_before_training(tmp_path: Path) -> None:
    """The message names the masks that the corpus has."""
    corpus = require_numeric(ToyColours(documents=50).load(NOWHERE))
    with pytest.raises(CorpusError, match="no annotation mask"):
        trained(corpus, tmp_path, right_reasons={"mask": "edges"})


class Earlier:
    """A trained model whose gradients are the rows themselves."""

    def at(self, epoch: str) -> Earlier:
        """The last state of it alone."""
        assert epoch == "last"
        return self

    def compute_gradients(self, rows: Any) -> Any:
        """Return the rows."""
        return SimpleNamespace(gradients=rows)


def plan_with(mask: str | None, *unlike: Any) -> PerceptronPlan:
    """A plan of which the penalty matters alone."""
    reasons: dict[str, Any] = {"mask": mask, "unlike": unlike, "strength": 10.0}
    left_out = ("layers", "standardise", "decay", "validation", "test", "training")
    return PerceptronPlan(**reasons, **dict.fromkeys(left_out))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mask", "unlike", "penalised"),
    [
        (None, (), None),
        ("m", (), [[1, 0], [0, 1], [0, 0], [0, 0]]),
        (None, (Earlier(),), [[0, 1], [0, 0], [1, 0], [0, 0]]),
        ("m", (Earlier(),), [[1, 1], [0, 1], [1, 0], [0, 0]]),
    ],
)
def test_a_mask_and_what_others_used_are_penalised(
    mask: str | None, unlike: tuple[Any, ...], penalised: Any
) -> None:
    """Each by itself and together, of rows that are learnt from alone."""
    values = np.array([[0.66, -1.0], [0.0, 0.0], [1.0, 0.1], [5.0, 5.0]])
    masks = (("m", np.array([[1, 0], [0, 1], [0, 0], [1, 1]], bool)),)
    rows = make_numeric_corpus(
        values, ["a", "b", "a", "b"], "ab", key="k", features=("x", "y"), masks=masks
    )
    split, plan = Split((0, 1), (2,), (3,)), plan_with(mask, *unlike)
    found = find_penalty_mask(rows, plan, split)
    notes = list(format_notes(rows, (1, 1), found, plan, split))
    assert notes[0] == "training rows: 1 a, 1 b"
    assert len(notes) == (1 if penalised is None else 2)
    if penalised is None:
        assert found is None
        (taken, labels) = make_examples(rows, (1,), found).take(np.array([0]))
        assert (taken.tolist(), labels.tolist()) == ([[0, 0]], [1])
        return
    assert found is not None
    assert found.tolist() == np.array(penalised, bool).tolist()
    share = np.mean(penalised[:2])
    assert f"covers {share:.1%} of the training rows' 2 features" in notes[1]
    source = "the mask m" if mask else "what earlier models used"
    assert f"({source}); losses include it, times 10" in notes[1]
    examples = make_examples(rows, (2, 0), found)
    (taken, covered), labels = examples.take(np.array([1, 0]))
    assert len(examples) == 2
    assert taken.tolist() == rows.inputs[[0, 2]].tolist()
    assert covered.tolist() == found[[0, 2]].tolist()
    assert labels.tolist() == [0, 0]


def test_constant_features_are_left_as_they_are() -> None:
    """Others have mean 0 and deviation 1; where nothing is wanted nothing is done."""
    rows = np.array([[1.0, 5.0], [3.0, 5.0]], np.float32)
    means, deviations = perceptron.compute_standardisation(rows, wanted=True)
    assert (list(means), list(deviations)) == ([2, 5], [1, 1])
    for some, wanted in ((rows, False), (rows[:0], True)):
        plain = perceptron.compute_standardisation(some, wanted=wanted)
        assert [list(one) for one in plain] == [[0, 0], [1, 1]]


@pytest.mark.slow(8)
def test_an_interrupted_training_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    """With a penalty, stopping after any epoch changes nothing of the end."""
    corpus = require_numeric(ToyColours(documents=600).load(NOWHERE))
    settings: dict[str, Any] = {
        "batch_size": 64,
        "right_reasons": {"mask": "corners", "strength": 1.0},
    }
    whole = trained(corpus, tmp_path / "whole", epochs=4, **settings)

    class Stopping(QuietProgress):
        def epoch(self, epoch: int, *_: float) -> None:
            if epoch == 2:
                raise KeyboardInterrupt

    spec = PerceptronRecipe(kind="perceptron", corpus="c", epochs=4, **settings)
    with pytest.raises(KeyboardInterrupt):
        spec.train(corpus, 0, tmp_path / "cut", Stopping())
    spec.train(corpus, 0, tmp_path / "cut", QuietProgress())
    cut = spec.load(tmp_path / "cut")
    rows = corpus.inputs[:50]
    assert np.array_equal(whole.at(4).predict(rows), cut.at(4).predict(rows))


@pytest.mark.slow(20)
def test_the_published_toy_colours_are_reproduced(tmp_path: Path) -> None:
    """0.9998, 1.0, 1.0 and chance, and the 0.67-mask lies where it may."""
    corpus = require_numeric(ToyColours().load(NOWHERE))
    names = ("corners", "top middle", "both")
    masks = [corpus.mask(name, [0])[0] for name in names]
    told = {
        "plain": None,
        "corners": {"mask": "corners", "strength": 1.0},
        "top": {"mask": "top middle", "strength": 1.0},
        "both": {"mask": "both", "strength": 1e5},
    }
    found, inside = {}, {}
    for name, reasons in told.items():
        model = trained(corpus, tmp_path / name, right_reasons=reasons)
        found[name] = right(corpus, model.at("last"), model.log.tested)
        mine = find_used_features(
            model.at("last"), corpus.inputs[list(model.log.tested)]
        )
        inside[name] = [mine[:, mask].sum() / mine.sum() for mask in masks]
    assert found["plain"] == pytest.approx(0.9998, abs=0.005)
    assert found["corners"] == pytest.approx(1.0, abs=0.005)
    assert found["top"] == pytest.approx(1.0, abs=0.005)
    assert found["both"] == pytest.approx(0.537, abs=0.05)
    assert inside["corners"][1] >= 0.95
    assert inside["top"][0] >= 0.95
    assert inside["plain"][2] >= 0.95


@pytest.mark.slow(8)
def test_what_an_earlier_model_used_is_penalised(tmp_path: Path) -> None:
    """A model that follows another rests on other features than that one did."""
    rng = np.random.default_rng(0)
    corpus = require_numeric(ToyColours(documents=1500).load(NOWHERE))
    first = trained(corpus, tmp_path / "first", epochs=4, batch_size=64)
    spec = PerceptronRecipe(
        kind="perceptron",
        corpus="c",
        epochs=4,
        batch_size=64,
        right_reasons={"unlike": ("first",), "strength": 10.0},
    )
    assert spec.list_followed_models() == ("first",)
    assert "unlike" not in str(spec.key_settings())
    spec = spec.with_followed_models({"first": first})
    spec.train(corpus, 0, tmp_path / "second", QuietProgress())
    second = spec.load(tmp_path / "second")
    rows = corpus.inputs[rng.permutation(1500)[:200]]
    mine, other = (find_used_features(one.at("last"), rows) for one in (second, first))
    assert (mine & other).sum() / mine.sum() < 0.2


@pytest.mark.slow(20)
def test_a_decoy_fools_a_plain_model_and_not_one_that_is_told(tmp_path: Path) -> None:
    """Digits lose a tenth or more to the patch, and right reasons win most of it."""
    corpora = [
        require_numeric(Digits(decoy=one).load(NOWHERE)) for one in (True, False)
    ]
    settings: dict[str, Any] = {"epochs": 10, "batch_size": 32, "validation": 0.0}
    reasons = {"mask": "decoy", "strength": 1.0}
    found = []
    for corpus, told in zip([*corpora, corpora[0]], (None, None, reasons), strict=True):
        folder = tmp_path / str(len(found))
        model = trained(corpus, folder, right_reasons=told, **settings)
        found.append(right(corpus, model.at("last"), model.log.tested))
    fooled, clean, told_it = found
    assert fooled < clean - 0.1
    assert told_it > fooled + (clean - fooled) / 2


@pytest.mark.slow(20)
def test_gradients_stand_normal_to_a_known_boundary(tmp_path: Path) -> None:
    """Accuracy 0.98, median cosine 0.99 in the band, a thousand times steeper there."""
    corpus = require_numeric(Points().load(NOWHERE))
    model = trained(corpus, tmp_path)
    assert right(corpus, model.at("best"), model.log.tested) >= 0.98
    boundary = corpus.boundary
    assert boundary is not None
    rows = corpus.inputs[list(model.log.tested)].astype(float)
    ratio, found = (
        boundary.compute_ratio(rows),
        model.at("best").compute_gradients(rows),
    )
    sizes = np.linalg.norm(found.gradients, axis=1)
    turned = found.gradients * np.where(found.probabilities.argmax(1), 1, -1)[:, None]
    normals = boundary.compute_normals(rows)
    cosines = (turned * normals).sum(1) / sizes / np.linalg.norm(normals, axis=1)
    band, far = np.abs(ratio - 1) < 0.1, (ratio < 0.5) | (ratio > 1.4)
    assert np.median(cosines[band]) >= 0.99
    assert np.median(sizes[band]) >= 1e3 * np.median(sizes[far])
