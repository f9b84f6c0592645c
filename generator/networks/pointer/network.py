"""A pointer network over stories: embed, encode sentences, weigh them, decide.

1. Every word is a vector. A sentence is `m_i = Σ_j g_j ∘ x_ij`, the sum of its words'
   vectors, each times a vector of gains for its place in the sentence, so that who did
   something differs from whom it was done to. A question is made likewise, with gains
   of its own: `q`.
2. What a sentence knows of the others is how many follow it, as a vector of its age:
   `k_i = m_i + t(age)`, `v_i = m_i`. Or a GRU reads these in both directions, and its
   states are keys and values, `k_i = v_i = (h_i forwards, h_i backwards)`.
3. Each sentence has a score, `e_i = k_i · B q / √D`, and softmax over the sentences
   makes weights of them. Padding weighs exactly 0.
4. The context is `c = Σ a_i v_i`, and one matrix makes logits: `c K + b`. So a logit is
   its bias plus `Σ a_i (v_i K)`, what each sentence gave; the question enters by the
   weights alone.

Source: end-to-end memory networks with one hop, Sukhbaatar et al. (2015), arXiv
1503.08895; scores after Luong, Pham and Manning (2015), arXiv 1508.04025.
Differs: gains are learnt where memory networks fix a position encoding; key and value
share a sentence's vector; the answer is made of the context without the question.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import keras
import tensorflow as tf

from generator.networks import parameters
from generator.networks.layers import recurrent as recurrence
from generator.networks.layers.attention import compute_attention_weights
from generator.networks.layers.encoders import NamedTensors, Tensor
from generator.networks.layers.recurrent import SlotVectors
from generator.networks.parameters import Shapes

SIDES = ("forward", "backward")


@dataclass(frozen=True, slots=True)
class PointerSettings:
    """The settings that decide the network's shape."""

    dim_embeddings: int = 32
    between: Literal["age", "gru"] = "age"
    size: int = 32
    max_sentences: int = 20
    max_words: int = 16

    @property
    def width(self) -> int:
        """The channels of what is weighed."""
        return self.dim_embeddings if self.between == "age" else 2 * self.size


def pointer_shapes(settings: PointerSettings, ids: int, labels: int) -> Shapes:
    """Return the name and shape of every array, in the order of the model's weights."""
    dim, size, words = settings.dim_embeddings, settings.size, settings.max_words
    between: Shapes = ()
    if settings.between == "gru":
        between = tuple(
            (f"gru/{side}/{name}", shape)
            for side in SIDES
            for name, shape in (
                ("kernel", (dim, 3 * size)),
                ("recurrent_kernel", (size, 3 * size)),
                ("bias", (2, 3 * size)),
            )
        )
    return (
        ("embedding/embeddings", (ids, dim)),
        ("sentence/gain", (words, dim)),
        ("question/gain", (words, dim)),
        ("age/embeddings", (settings.max_sentences, dim)),
        *between,
        ("attention/kernel", (dim, settings.width)),
        ("output/kernel", (settings.width, labels)),
        ("output/bias", (labels,)),
    )


def name_pointer_arrays(
    settings: PointerSettings, arrays: Sequence[Tensor]
) -> dict[str, Tensor]:
    """Return arrays by name, given in the order of `pointer_shapes`."""
    return parameters.name_arrays(pointer_shapes(settings, 0, 0), arrays)


class PointerReading(NamedTuple):
    """What the network computes of sentences and a question, up to the context."""

    values: Tensor  # (n, T, width)
    weights: Tensor  # (n, T)
    context: Tensor  # (n, width)


def embed_words(
    arrays: NamedTensors, ids: Tensor, part: Literal["sentence", "question"]
) -> Tensor:
    """Return vectors (…, dim) of rows of words.

    Args:
        arrays: The network's arrays by name.
        ids: Ids (…, W), 0 where padded.
        part: Whose gains are used.
    """
    vectors = tf.gather(arrays["embedding/embeddings"], ids)
    seen = tf.cast(tf.not_equal(ids, 0), vectors.dtype)[..., None]
    return tf.reduce_sum(vectors * seen * arrays[f"{part}/gain"], -2)


def read_story(
    settings: PointerSettings,
    arrays: NamedTensors,
    sentences: Tensor,
    question: Tensor,
    mask: Tensor,
    *,
    frozen: bool = False,
) -> PointerReading:
    """Weigh sentences by a question.

    Args:
        settings: The network's settings.
        arrays: The network's arrays by name.
        sentences: Vectors (n, T, dim).
        question: Vectors (n, dim).
        mask: True where a sentence is real, (n, T).
        frozen: Whether weights are constants, through which no gradient flows.

    Returns:
        Values, weights and context.
    """
    keys, values = _encode_sentences(settings, arrays, sentences, mask)
    query = tf.matmul(question, arrays["attention/kernel"])
    scores = tf.linalg.matvec(keys, query) / math.sqrt(settings.width)
    weights = compute_attention_weights(scores, mask)
    weights = tf.stop_gradient(weights) if frozen else weights
    return PointerReading(
        values, weights, tf.linalg.matvec(values, weights, transpose_a=True)
    )


def compute_logits(arrays: NamedTensors, context: Tensor) -> Tensor:
    """Return logits (n, labels) of contexts (n, width)."""
    return tf.matmul(context, arrays["output/kernel"]) + arrays["output/bias"]


def _encode_sentences(
    settings: PointerSettings, arrays: NamedTensors, sentences: Tensor, mask: Tensor
) -> tuple[Tensor, Tensor]:
    """Return keys and values (n, T, width): what sentences know of each other."""
    after = tf.cumsum(tf.cast(mask, tf.int32), 1, exclusive=True, reverse=True)
    aged = sentences + tf.gather(arrays["age/embeddings"], after)
    if settings.between == "age":
        return aged, sentences
    by_side = []
    for side in SIDES:
        kernel, recurrent, bias = (
            arrays[f"gru/{side}/{name}"]
            for name in ("kernel", "recurrent_kernel", "bias")
        )
        inputs = SlotVectors(tf.tensordot(aged, kernel, 1) + bias[0])
        start = recurrence.make_rest_states(inputs, settings.size, 1)
        step = recurrence.gru_step(recurrent, bias[1])
        backwards = side == "backward"
        by_side.append(
            recurrence.scan_slots(step, inputs, start, mask, backwards=backwards)[0]
        )
    states = tf.concat(by_side, -1)
    return states, states


class Pointer(keras.Model):
    """The network as Keras trains it; `pointer_shapes` names its weights."""

    def __init__(self, settings: PointerSettings, wanted: Shapes) -> None:
        super().__init__(name="pointer")
        self.settings = settings
        self.arrays = [
            self.add_weight(shape=shape, name=name.replace("/", "."))
            for name, shape in wanted
        ]
        self.built = True

    def call(self, inputs: tuple[Tensor, Tensor], training: bool = False) -> Tensor:
        """Return logits (n, labels) and weights (n, T).

        Args:
            inputs: Words of sentences (n, T, W) and of a question (n, W), as ids.
            training: Ignored: nothing is dropped.
        """
        del training
        ids, question = inputs
        arrays = name_pointer_arrays(self.settings, [v.value for v in self.arrays])
        reading = read_story(
            self.settings,
            arrays,
            embed_words(arrays, ids, "sentence"),
            embed_words(arrays, question, "question"),
            tf.reduce_any(tf.not_equal(ids, 0), -1),
        )
        return {
            "logits": compute_logits(arrays, reading.context),
            "weights": reading.weights,
        }


def build_pointer(
    settings: PointerSettings, ids: int, labels: int, seed: int
) -> Pointer:
    """Build a network with freshly drawn weights.

    Args:
        settings: Its shape.
        ids: How many words there are, padding and the unknown included.
        labels: How many there are.
        seed: Decides the initial weights.

    Returns:
        A model of `(sentences, questions)`: ids (n, T, W) and (n, W), int32, padded
        with 0. A dict of outputs: `logits` (n, labels), `weights` (n, T).
    """
    wanted = pointer_shapes(settings, ids, labels)
    model = Pointer(settings, wanted)
    model.set_weights(parameters.draw_initial_arrays(wanted, seed))
    return model
