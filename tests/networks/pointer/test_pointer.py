"""The reader's network: shares, padding, an exact division, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from generator.corpora.words import WordVocabulary, split_into_words
from generator.models.capabilities import EncodedStory
from generator.models.pointer import PointerRecipe
from generator.networks import parameters
from generator.networks.pointer.inference import PointerClassifier
from generator.networks.pointer.network import (
    PointerSettings,
    build_pointer,
    pointer_shapes,
)
from generator.networks.pointer.sentences import SentenceNumbers

WORDS = WordVocabulary(
    ("ann", "ben", "went", "to", "the", "attic", "garden", "where", "is", ".", "?")
)
LABELS = ("attic", "garden", "hall")
TEXT = "Ann went to the attic. Ben went to the garden. Ann is. Where is Ben?"
BOTH = pytest.mark.parametrize("between", ["age", "gru"])


def reader(between: Any = "age", scale: float = 20.0) -> PointerClassifier:
    """A network whose weights are far from even."""
    settings = PointerSettings(
        dim_embeddings=5, between=between, size=3, max_sentences=6, max_words=7
    )
    wanted = pointer_shapes(settings, len(WORDS), len(LABELS))
    arrays = [
        array * (scale if name.endswith("embeddings") else 1)
        for (name, _), array in zip(
            wanted, parameters.draw_initial_arrays(wanted, 4), strict=True
        )
    ]
    arrays[-1] = np.array([0.5, -0.25, 0.1], np.float32)
    return PointerClassifier(settings, SentenceNumbers(WORDS, 7), LABELS, arrays, 3)


def story(model: PointerClassifier, text: str = TEXT) -> EncodedStory:
    """A text as the model divides it."""
    return model.story(split_into_words(text))


@BOTH
def test_it_can_what_its_recipe_offers(between: Any) -> None:
    """Each capability of the recipe is one of the network's."""
    model = reader(between)
    assert all(isinstance(model, one) for one in PointerRecipe.offers)


@BOTH
def test_weights_are_shares_of_the_sentences(between: Any) -> None:
    """Each story's weights sum to 1, one for each sentence, and are not even."""
    model = reader(between)
    one = story(model)
    found = model.attend([one.ids, one.ids[:2]])
    assert [len(row) for row in found.weights] == [3, 2]
    for row in found.weights:
        assert abs(row.sum() - 1) < 1e-6
        assert row.min() >= 0
    assert np.ptp(found.weights[0]) > 0.05
    assert np.allclose(found.probabilities.sum(1), 1)


@BOTH
def test_padding_weighs_exactly_nothing(between: Any) -> None:
    """Padded, a story has the same weights and answer, and padding has 0."""
    model = reader(between)
    ids = story(model).ids
    plain, padded = model.attend([ids]), model.attend([(*ids, 0, 0)])
    assert padded.weights[0][3:].tolist() == [0, 0]
    assert np.allclose(padded.weights[0][:3], plain.weights[0], atol=1e-6)
    assert np.allclose(padded.probabilities, plain.probabilities, atol=1e-6)


@BOTH
def test_company_changes_no_bit(between: Any) -> None:
    """A story's answer has the same bits whoever is asked with it."""
    model = reader(between)
    ids = story(model).ids
    others = [ids[:1], ids[1:], (ids[2], ids[0]), (*ids, *ids), ()]
    alone = model.attend([ids])
    among = model.attend([*others, ids, *others])
    assert among.probabilities[5].tobytes() == alone.probabilities[0].tobytes()
    assert among.weights[5].tobytes() == alone.weights[0].tobytes()


@BOTH
def test_logits_are_divided_exactly(between: Any) -> None:
    """A logit is its bias plus, over sentences, weight times what each says."""
    model = reader(between)
    ids = story(model).ids
    found = model.average([ids, ids[:1], ()])
    for row, said, logits in zip(
        found.weights, found.values, found.logits, strict=True
    ):
        assert np.allclose(found.biases + row @ said, logits, atol=1e-5)
    assert np.allclose(found.logits[2], model.arrays[-1])


def test_the_question_decides_the_weights_alone() -> None:
    """Asked about somebody else, sentences say the same and weigh otherwise."""
    model = reader()
    about_ben, about_ann = story(model), story(model, TEXT.replace("Ben?", "Ann?"))
    assert about_ben.sentences == about_ann.sentences
    found = model.average([about_ben.ids, about_ann.ids])
    assert np.array_equal(found.values[0], found.values[1])
    assert not np.allclose(found.weights[0], found.weights[1])


def test_apart_sentences_know_their_age_alone() -> None:
    """With ages what a sentence says does not depend on others; with a GRU it does."""
    for between, alike in (("age", True), ("gru", False)):
        model = reader(between)
        ids = story(model).ids
        found = model.average([ids, ids[1:]])
        assert np.allclose(found.values[0][1:], found.values[1], atol=1e-6) is alike


def test_the_order_of_words_counts() -> None:
    """Gains by place tell who did it from whom it was done to."""
    model = reader()
    gains = np.random.default_rng(0).random(model.arrays[1].shape) + 0.5
    model.arrays[1][:] = gains
    fresh = PointerClassifier(model.settings, model.numbering, LABELS, model.arrays, 3)
    one, other = story(fresh, "Ann went to Ben."), story(fresh, "Ben went to Ann.")
    assert not np.allclose(fresh.embed([one.ids])[0], fresh.embed([other.ids])[0])


@BOTH
@pytest.mark.parametrize("quantity", ["logit", "probability", "log probability"])
def test_gradients_are_those_of_the_answer(between: Any, quantity: Any) -> None:
    """A small step along a sentence's or the question's vector does what they say."""
    model = reader(between, 10.0)
    (point,) = model.embed([story(model).ids])
    assert point.shape == (4, 5)
    found = model.compute_gradients([point], [1], quantity)
    assert found.gradients[0].shape == point.shape
    step = 1e-2
    for place in np.ndindex(4, 2):
        up, down = point.copy(), point.copy()
        up[place] += step
        down[place] -= step
        ends = model.compute_gradients([up, down], [1, 1], quantity).values
        slope = (ends[0] - ends[1]) / (2 * step)
        assert slope == pytest.approx(found.gradients[0][place], abs=3e-3)


def test_frozen_attention_hides_the_question() -> None:
    """With the weights held the question has no gradient: it acts by them alone."""
    model = reader()
    (point,) = model.embed([story(model).ids])
    assert model.compute_gradients([point], [0], "logit").gradients[0][-1].any()
    held = model.compute_gradients([point], [0], "logit", frozen=True).gradients[0]
    assert not held[-1].any()
    assert held[:-1].any()


def test_unknown_sentences() -> None:
    """A sentence without a known word is told so, and can be read."""
    model = reader()
    found = story(model, "Ann went to the attic. Zed zzz. Where is Ann?")
    assert [token.kind for token in found.sentences] == ["sentence", "unknown"]
    assert found.ids[1] == 1
    odd = model.story(("zed", "quux"))
    assert odd.ids == (1,)
    assert odd.sentences[0].kind == "unknown"
    assert model.attend([odd.ids]).weights[0].tolist() == pytest.approx([1.0])


def test_what_cannot_be_read_is_refused() -> None:
    """Too many sentences, and numbers that were never given."""
    model = reader()
    ids = story(model).ids
    with pytest.raises(ValueError, match="at most 6 are read"):
        model.attend([ids * 3])
    with pytest.raises(ValueError, match="ids must be"):
        model.attend([(99,)])


def test_as_keras_trains_it() -> None:
    """What is trained answers as what is asked."""
    model = reader()
    trained = build_pointer(model.settings, len(WORDS), len(LABELS), 0)
    trained.set_weights(model.arrays)
    ids = story(model).ids
    sentences, question = model.numbering.look_up_rows(np.array([ids], np.int32))
    found = trained((sentences, question))
    asked = model.average([ids])
    assert np.allclose(found["logits"].numpy(), asked.logits, atol=1e-5)
    assert np.allclose(found["weights"].numpy()[0], asked.weights[0], atol=1e-6)


def test_drawn_afresh() -> None:
    """Layers are drawn afresh from the output down, the numbers of sentences kept."""
    model = reader()
    assert model.layers[0] == "output"
    assert model.layers[-1] == "embedding"
    fresh = model.randomise_layers(1, 5)
    assert fresh.numbering is model.numbering
    assert not np.allclose(fresh.arrays[-2], model.arrays[-2])
    assert np.array_equal(fresh.arrays[0], model.arrays[0])


def test_each_direction_reads_on_from_its_own_end() -> None:
    """One half of a sentence's vector knows what is before it, the other what follows.

    A sentence that is masked is passed over by both.
    """
    import tensorflow as tf

    from generator.networks.pointer.network import _encode_sentences

    model = reader("gru")
    wanted = pointer_shapes(model.settings, len(WORDS), len(LABELS))
    arrays = {
        name: tf.constant(a) for (name, _), a in zip(wanted, model.arrays, strict=True)
    }
    size, rng = model.settings.size, np.random.default_rng(0)
    sentences = rng.normal(size=(1, 4, 5)).astype(np.float32)
    mask = np.array([[True, True, True, False]])

    def encode(changed: int | None = None) -> Any:
        given = sentences.copy()
        if changed is not None:
            given[0, changed] += 1
        return _encode_sentences(
            model.settings, arrays, tf.constant(given), tf.constant(mask)
        )[0].numpy()[0]

    before = encode()
    assert before.shape == (4, 2 * size)
    for changed in range(3):
        differs = np.abs(encode(changed) - before) > 1e-6
        forward, backward = differs[:3, :size].any(1), differs[:3, size:].any(1)
        assert forward.tolist() == [at >= changed for at in range(3)]
        assert backward.tolist() == [at <= changed for at in range(3)]
    assert np.allclose(encode(3)[:3], before[:3])


def test_the_newest_sentence_has_age_0() -> None:
    """The one before it 1, and so on, whatever is masked behind them."""
    import tensorflow as tf

    from generator.networks.pointer.network import _encode_sentences

    model = reader("age")
    wanted = pointer_shapes(model.settings, len(WORDS), len(LABELS))
    arrays = {
        name: tf.constant(a) for (name, _), a in zip(wanted, model.arrays, strict=True)
    }
    ages = arrays["age/embeddings"].numpy()
    sentences = np.random.default_rng(0).normal(size=(2, 4, 5)).astype(np.float32)
    mask = np.array([[True, True, True, False], [True, False, False, False]])
    keys, values = _encode_sentences(
        model.settings, arrays, tf.constant(sentences), tf.constant(mask)
    )
    assert np.array_equal(values.numpy(), sentences)
    for row, due in ((0, [2, 1, 0]), (1, [0])):
        found = keys.numpy()[row, : len(due)] - sentences[row, : len(due)]
        assert np.allclose(found, ages[due], atol=1e-5)
