"""Right for the right reasons on texts: the penalty, its gradient, and what it does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

tf = pytest.importorskip("tensorflow", reason="tensorflow is not installed")

from generator.core.errors import CorpusError
from generator.core.progress import QuietProgress
from generator.corpora.base import Corpus, Document, Folders
from generator.corpora.splits import find_label_indices
from generator.corpora.synthetic.film_reviews import DecoyReviews
from generator.corpora.words import split_into_words
from generator.models.sentiment import Sentiment
from generator.models.trained_by_epochs import RightReasons
from generator.networks.layers.recurrent import SlotVectors
from generator.networks.sentiment import network
from generator.networks.sentiment.network import (
    compute_logits,
    name_sentiment_arrays,
    read_points,
)
from generator.networks.sentiment.training import (
    SentimentReadingOptions,
    prepare_lesson,
)
from generator.networks.training.regularization import (
    PENALTY_OUTPUT,
    compute_penalised_logits,
)
from tests.networks.sentiments import LABELS, WORDS, draw_arrays, padded, small

IDS = padded([(2, 3, 4, 5, 6), (7, 2), (1, 3, 3)], 5)
MARKS = np.array([[1, 0, 0, 1, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]], np.float32)
SHAPES: list[dict[str, Any]] = [
    {},
    {"encoder": "gru", "bidirectional": False, "attention": "dot"},
    {"encoder": "average"},
]


def slots(settings: Any, arrays: Any, mask: Any) -> Any:
    """Logits of embedded texts, for these arrays."""

    def logits_of(points: Any) -> Any:
        held = name_sentiment_arrays(settings, arrays)
        return compute_logits(
            held, read_points(settings, held, SlotVectors(points), mask).context
        )

    return logits_of


@pytest.mark.slow(4)
@pytest.mark.parametrize(
    "shape", SHAPES, ids=lambda shape: shape.get("encoder", "lstm")
)
def test_the_gradient_of_the_penalty_is_that_of_finite_differences(
    shape: dict[str, Any],
) -> None:
    """Second-order, compiled, by embedding, encoder, attention and output alike.

    Each array is moved in a random direction, in double precision.
    """
    settings = small(**shape)
    arrays = [tf.Variable(one.astype(np.float64)) for one in draw_arrays(settings)]

    @tf.function(autograph=False)
    def penalty() -> Any:
        points = tf.gather(arrays[0], IDS)
        logits_of = slots(settings, arrays, tf.constant(IDS != 0))
        return tf.reduce_sum(
            compute_penalised_logits(logits_of, points, MARKS[..., None])[1]
        )

    @tf.function(autograph=False)
    def gradients() -> Any:
        with tf.GradientTape() as tape:
            value = penalty()
        return [tf.convert_to_tensor(one) for one in tape.gradient(value, arrays)]

    rng, step = np.random.default_rng(1), 1e-5
    for array, slope in zip(arrays, gradients(), strict=True):
        way = rng.normal(size=array.shape)
        kept, ends = array.numpy(), []
        for sign in (1, -1):
            array.assign(kept + sign * step * way)
            ends.append(float(penalty()))
        array.assign(kept)
        expected = (ends[0] - ends[1]) / (2 * step)
        assert np.abs(way * slope.numpy()).sum() > 0
        assert float((way * slope.numpy()).sum()) == pytest.approx(
            expected, rel=1e-5, abs=1e-7
        )


def test_the_model_puts_out_its_logits_and_the_penalty() -> None:
    """Its answer is that of the model without marks; the penalty is the function's."""
    settings = small()
    plain = network.build_sentiment(settings, len(WORDS), len(LABELS), 0)
    model = network.build_sentiment(settings, len(WORDS), len(LABELS), 0, reasoned=True)
    arrays = draw_arrays(settings)
    plain.set_weights(arrays)
    model.set_weights(arrays)
    found = model((tf.constant(IDS), tf.constant(MARKS)))
    assert np.allclose(found["logits"], plain(tf.constant(IDS))["logits"], atol=1e-6)
    points = tf.gather(arrays[0], IDS)
    logits_of = slots(settings, arrays, tf.constant(IDS != 0))
    expected = compute_penalised_logits(logits_of, points, MARKS[..., None])[1]
    assert found[PENALTY_OUTPUT].numpy() == pytest.approx(expected.numpy(), rel=1e-4)
    assert (found[PENALTY_OUTPUT].numpy()[:2] > 0).all()
    assert found[PENALTY_OUTPUT].numpy()[2] == 0


def marked(text: str, label: str, *spans: tuple[int, int]) -> Document:
    """A document with a mask `hint`."""
    return Document(text, label=label, part="train", masks=(("hint", spans),))


READING = SentimentReadingOptions(
    validation=0, test=0, max_words=50, least_count=1, max_tokens=3, masked=True
)


class TestMarks:
    corpus = Corpus(
        (marked("a b c d", "bad", (1, 2), (2, 4)), marked("e", "good", (0, 1))),
        "",
        labels=("bad", "good"),
    )

    def test_they_come_with_the_ids(self) -> None:
        """1 on the mask's words, cut with the text, 0 on padding and the others."""
        lesson = prepare_lesson(self.corpus, replace(READING, mask="hint"), 0)
        (ids, marks), _ = lesson.train.take(np.array([0, 1]))
        assert ids.shape == marks.shape == (2, 3)
        assert marks.tolist() == [[0, 1, 1], [1, 0, 0]]

    def test_they_enter_the_key(self) -> None:
        """Other marks are other examples; without marks nothing is as before."""
        keys = {
            prepare_lesson(corpus, replace(READING, mask=mask), 0).train.key
            for corpus, mask in (
                (self.corpus, None),
                (self.corpus, "hint"),
                (
                    replace(
                        self.corpus,
                        documents=(marked("a b c d", "bad"), self.corpus.documents[1]),
                    ),
                    "hint",
                ),
            )
        }
        assert len(keys) == 3

    def test_a_mask_that_is_not_there(self) -> None:
        """The error names the document, the mask and the nearest one."""
        with pytest.raises(
            CorpusError, match=r'document 1 .* "hints"; did you mean "hint'
        ):
            prepare_lesson(self.corpus, replace(READING, mask="hints"), 0)


SMALL: dict[str, Any] = {
    "encoder": "average",
    "size": 32,
    "dim_embeddings": 32,
    "dim_attention": 32,
    "epochs": 12,
    "batch_size": 32,
    "learning_rate": 8e-3,
    "dropout": 0.2,
    "word_dropout": 0,
}


def accuracy(folder: Path, decoy: str, strength: float | None) -> float:
    """Of a small attentional model, on the test side of a decoy corpus."""
    corpus = DecoyReviews(decoy=decoy).load(Folders(folder, folder))
    reasons = None
    if strength is not None:
        reasons = RightReasons(mask="decoy", strength=strength)
    recipe = Sentiment(kind="sentiment", corpus="c", right_reasons=reasons, **SMALL)
    folder.mkdir()
    recipe.train(corpus, 1, folder, QuietProgress())
    found = recipe.load(folder)
    state = found.at("best")
    tested = found.log.tested
    texts = [
        state.words.encode(split_into_words(corpus.documents[i].text)) for i in tested
    ]
    return float(
        (state.predict(texts).argmax(1) == find_label_indices(corpus, tested)).mean()
    )


@pytest.mark.slow
def test_the_penalty_undoes_the_decoy(tmp_path: Path) -> None:
    """A decoy costs a fifth of the answers or more, and the penalty gives them back.

    With it the test accuracy is within 0.03 of what it is without any decoy.
    """
    free = accuracy(tmp_path / "free", "none", None)
    plain = accuracy(tmp_path / "plain", "label", None)
    right = accuracy(tmp_path / "right", "label", 1e5)
    assert free > 0.8
    assert plain < free - 0.2
    assert right > free - 0.03
