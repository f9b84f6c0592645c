"""Our linear models are those of the `lime` package, given the same texts."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.methods.attribution.lime import Lime
from generator.methods.attribution.lime_surrogate import (
    draw_masks,
    fit_surrogate,
    proximity_weights,
)
from tests.fakes.language_models import ask
from tests.methods.attending import learnt
from tests.methods.explaining import spoken

pytestmark = pytest.mark.peer

Array = NDArray[Any]


@pytest.fixture(scope="module")
def explainer() -> Any:
    """The package's explainer of texts: positions are features, as here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from lime.lime_text import LimeTextExplainer

    return LimeTextExplainer(
        split_expression=str.split, bow=False, mask_string="zig", random_state=0
    )


def distances(masks: Array) -> Array:
    """As the package measures them."""
    from scipy.sparse import csr_matrix
    from sklearn.metrics import pairwise_distances

    rows = csr_matrix(masks.astype(float))
    found = pairwise_distances(rows, rows[0], metric="cosine")
    return np.asarray(found.ravel() * 100)


def answers(masks: Array, seed: int) -> Array:
    """Probabilities of two labels: words and pairs of words count, and noise."""
    draw = np.random.default_rng(seed)
    tokens = masks.shape[1]
    pairs = draw.normal(0, 0.3, (tokens, tokens))
    logits = masks @ draw.normal(0, 1, tokens) + ((masks @ pairs) * masks).sum(axis=1)
    own = 1 / (1 + np.exp(-logits - draw.normal(0, 0.1, len(masks))))
    return np.column_stack([1 - own, own])


@pytest.mark.parametrize("tokens", [2, 3, 5, 9, 14, 40])
@pytest.mark.parametrize("features", [1, 3, 6, 7, 10, 100])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_fit_is_the_same(
    explainer: Any, tokens: int, features: int, seed: int
) -> None:
    """Chosen words, coefficients, intercept, R² and local prediction, to 1e-8."""
    masks = draw_masks(tokens, 500, np.random.default_rng((seed, tokens)))
    rows = answers(masks, seed)
    weights = proximity_weights(masks, 25)
    assert weights == pytest.approx(
        explainer.base.kernel_fn(distances(masks)), abs=1e-8
    )
    intercept, scores, fidelity, local = explainer.base.explain_instance_with_data(
        masks.astype(float), rows, distances(masks), 1, features
    )
    found = fit_surrogate(masks, rows[:, 1], weights, features)
    told = dict(scores)
    assert set(found.chosen.tolist()) == {int(place) for place in told}
    known = [told.get(place, 0.0) for place in range(tokens)]
    assert found.coefficients == pytest.approx(known, abs=1e-8)
    assert found.intercept == pytest.approx(intercept, abs=1e-8)
    assert found.fidelity == pytest.approx(fidelity, abs=1e-8)
    assert found.local == pytest.approx(float(local[0]), abs=1e-8)


def test_the_texts_are_drawn_alike(explainer: Any) -> None:
    """From other draws both come to the same coefficients, within their spread."""
    model, text = spoken(), "a b c b e f g"

    def chances(texts: list[str]) -> Array:
        return model.predict([model.words.encode(one.split()) for one in texts])

    theirs = explainer.explain_instance(text, chances, num_samples=8000)
    told = dict(theirs.local_exp[1])
    method = Lime(
        method="lime",
        model="m",
        texts=(text,),
        samples=8000,
        operator="unknown",
        label="positive",
    )
    (ours,) = method.collect(ask(learnt(model))).texts
    known = np.array([told[place] for place in range(7)])
    assert (np.abs(ours.scores - known) < 5 * np.sqrt(2) * ours.spread).all()
    facts = {fact.name: fact.value for fact in ours.facts}
    assert facts["R²"] == pytest.approx(theirs.score, abs=0.03)
    assert facts["local prediction"] == pytest.approx(theirs.local_pred[0], abs=0.01)
