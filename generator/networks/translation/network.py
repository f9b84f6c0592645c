"""A translator: an encoder, a decoder that attends to it, logits of the next token.

1. Source ids (n, S), each text closed by its mark, become vectors, and an encoder turns
   them into states h_j (`layers.encoders`). The decoder begins with `tanh(W h + b)` of
   the encoder's last states.
2. To write target token i, the decoder's state s_{i-1} scores every source state, and
   softmax over what is no padding makes weights a_ij of the scores.
3. The context is `c_i = Σ_j a_ij h_j`. A GRU goes from s_{i-1} to s_i by the vector of
   the token before and the context.
4. `tanh([s_i, c_i] R + b)` and one more matrix make the logits of token i.

The token before is the corpus's own while training (teacher forcing), the closing mark
at the first. Everything is a function of named arrays, as in `sentiment`.

Scores, with s the decoder's state before the token and h_j the states of the source:

- `additive`: `e_j = v · tanh(s W + h_j U)` (Bahdanau, Cho and Bengio, 2015);
- `multiplicative`: `e_j = s · (h_j U)`, the *general* score of Luong, Pham and Manning
  (2015, arXiv 1508.04025);
- `location`: as additive, with `f_j F` inside the tanh, where f_j are `filters`
  convolutions of width `span` over the weights of the token before, so that the decoder
  can move on from where it was (Chorowski et al., 2015, arXiv 1506.07503);
- `uniform`: all alike, the mean of the states; what is learnt without attention.

Padding weighs exactly 0.

Source: Bahdanau, Cho and Bengio (2015), Neural machine translation by jointly learning
to align and translate, arXiv 1409.0473.
Differs: the readout is one tanh layer without the vector of the token before, where
they use maxout over that vector too: what is written must come through the state and
the context.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import keras
import tensorflow as tf

from generator.networks import parameters
from generator.networks.layers import encoders, recurrent
from generator.networks.layers.attention import compute_attention_weights
from generator.networks.layers.recurrent import SlotVectors, unstack_columns
from generator.networks.parameters import Shapes


class EncodedSource(NamedTuple):
    """What a decoder reads of source texts."""

    states: Tensor  # (n, S, width)
    keys: Tensor  # (n, S, k), what is scored of each state
    mask: Tensor  # (n, S), true where visible
    start: Tensor  # (n, size), the decoder's first state


def alignment_shapes(
    kind: str, width: int, size: int, inner: int, filters: tuple[int, int]
) -> Shapes:
    """Return the name and shape of every array of the score.

    Args:
        kind: How states are scored.
        width: Channels of a source's state.
        size: Channels of the decoder's state.
        inner: Hidden channels of the score.
        filters: The span of a convolution, and how many there are.
    """
    if kind == "uniform":
        return ()
    if kind == "multiplicative":
        return (("attention/source/kernel", (width, size)),)
    shapes: Shapes = (
        ("attention/source/kernel", (width, inner)),
        ("attention/state/kernel", (size, inner)),
        ("attention/score", (inner,)),
    )
    if kind == "location":
        shapes += (
            ("attention/filters/kernel", filters),
            ("attention/location/kernel", (filters[1], inner)),
        )
    return shapes


def alignment_keys(kind: str, arrays: Named, states: Tensor) -> Tensor:
    """Return what is scored of each state, whatever the decoder's: (n, S, k)."""
    if kind == "uniform":
        return states[:, :, :0]
    return tf.tensordot(states, arrays["attention/source/kernel"], 1)


def compute_alignment_weights(
    kind: str, arrays: Named, memory: EncodedSource, state: Tensor, before: Tensor
) -> Tensor:
    """Compute the weights of a decoder over the source.

    Args:
        kind: How states are scored.
        arrays: The network's arrays by name.
        memory: The encoded source.
        state: The decoder's state, (n, size).
        before: The weights of the token before, (n, S).

    Returns:
        Weights (n, S).
    """
    if kind == "uniform":
        return compute_attention_weights(tf.zeros_like(before), memory.mask)
    if kind == "multiplicative":
        return compute_attention_weights(
            tf.linalg.matvec(memory.keys, state), memory.mask
        )
    inside = memory.keys
    inside += tf.matmul(state, arrays["attention/state/kernel"])[:, None]
    if kind == "location":
        inside += _compute_location_scores(arrays, before)
    scores = tf.tensordot(tf.tanh(inside), arrays["attention/score"], 1)
    return compute_attention_weights(scores, memory.mask)


def _compute_location_scores(arrays: Named, before: Tensor) -> Tensor:
    """Return what the weights of the token before add at each place, (n, S, k)."""
    filters = arrays["attention/filters/kernel"][:, None]
    features = tf.nn.conv1d(before[..., None], filters, 1, "SAME")
    return tf.tensordot(features, arrays["attention/location/kernel"], 1)


Tensor = Any
Named = Mapping[str, Tensor]
MASKED_LOGIT = -1e9
"""Added to the logit of padding: its probability is exactly 0."""
END = 2
"""The id of the closing mark on both sides, which also stands before a target."""


@dataclass(frozen=True, slots=True)
class TranslationSettings(encoders.EncoderSettings):
    """The settings that decide the network's shape."""

    encoder: Literal["gru", "lstm", "average"] = "gru"
    bidirectional: bool = True
    layers: int = 1
    size: int = 64
    attention: Literal["additive", "multiplicative", "location", "uniform"] = "additive"
    dim_attention: int = 64
    dim_embeddings: int = 64
    filters: int = 8
    span: int = 5


def translation_shapes(
    settings: TranslationSettings, sources: int, targets: int
) -> Shapes:
    """Return the name and shape of every array, in the order of the model's weights."""
    size, width, inner = settings.size, settings.width, settings.dim_embeddings
    kind, hidden = settings.attention, settings.dim_attention
    filters = settings.span, settings.filters
    return (
        ("source/embeddings", (sources, inner)),
        *encoders.encoder_shapes(settings),
        ("start/kernel", (width, size)),
        ("start/bias", (size,)),
        ("target/embeddings", (targets, inner)),
        *alignment_shapes(kind, width, size, hidden, filters),
        ("decoder/kernel", (inner + width, 3 * size)),
        ("decoder/recurrent_kernel", (size, 3 * size)),
        ("decoder/bias", (2, 3 * size)),
        ("readout/kernel", (size + width, size)),
        ("readout/bias", (size,)),
        ("output/kernel", (size, targets)),
        ("output/bias", (targets,)),
    )


def name_translation_arrays(
    settings: TranslationSettings, arrays: Sequence[Tensor]
) -> dict[str, Tensor]:
    """Return arrays by name, given in the order of `translation_shapes`."""
    return parameters.name_arrays(translation_shapes(settings, 0, 0), arrays)


def read_source(
    settings: TranslationSettings, arrays: Named, points: SlotVectors, mask: Tensor
) -> EncodedSource:
    """Encode embedded source texts.

    Args:
        settings: The network's settings.
        arrays: The network's arrays by name.
        points: Vectors of the sources, (n, S, dim_embeddings).
        mask: True where a slot is visible, (n, S).
    """
    states, last = encoders.encode_points(settings, arrays, points, mask)
    if settings.encoder == "average":
        last = _average_states(states, mask)
    start = tf.tanh(tf.matmul(last, arrays["start/kernel"]) + arrays["start/bias"])
    keys = alignment_keys(settings.attention, arrays, states)
    return EncodedSource(states, keys, mask, start)


def _average_states(states: Tensor, mask: Tensor) -> Tensor:
    """Return the mean of the visible states, of an encoder that has no last one."""
    seen = tf.cast(mask, states.dtype)[..., None]
    count = tf.maximum(tf.reduce_sum(seen, 1), 1.0)
    return tf.reduce_sum(states * seen, 1) / count


class DecoderState(NamedTuple):
    """The state of a decoder before a token."""

    state: Tensor  # (n, size)
    before: Tensor  # (n, S), the weights of the token before


class DecoderStep(NamedTuple):
    """The decoder after one token."""

    state: Tensor  # (n, size)
    context: Tensor  # (n, width)
    weights: Tensor  # (n, S)


def compute_gate_shares(
    settings: TranslationSettings, arrays: Named, previous: Tensor
) -> Tensor:
    """Return what the tokens before (n, …) give the decoder's gates, (n, …, 3 size)."""
    vectors = tf.gather(arrays["target/embeddings"], previous)
    kernel = arrays["decoder/kernel"][: settings.dim_embeddings]
    return tf.tensordot(vectors, kernel, 1) + arrays["decoder/bias"][0]


def decode_step(
    settings: TranslationSettings,
    arrays: Named,
    memory: EncodedSource,
    now: DecoderState,
    share: Tensor,
) -> DecoderStep:
    """Run the decoder for one token.

    Args:
        settings: The network's settings.
        arrays: The network's arrays by name.
        memory: The encoded source.
        now: The decoder's state and the weights of the token before.
        share: What the token before gives the gates, (n, 3 size).
    """
    state, before = now
    weights = compute_alignment_weights(
        settings.attention, arrays, memory, state, before
    )
    context = tf.linalg.matvec(memory.states, weights, transpose_a=True)
    kernel = arrays["decoder/kernel"][settings.dim_embeddings :]
    cell = recurrent.gru_step(
        arrays["decoder/recurrent_kernel"], arrays["decoder/bias"][1]
    )
    (after,) = cell(share + tf.matmul(context, kernel), (state,))
    return DecoderStep(after, context, weights)


def compute_logits(arrays: Named, states: Tensor, contexts: Tensor) -> Tensor:
    """Return logits (…, targets) of decoder states and contexts, none of padding."""
    both = tf.concat([states, contexts], -1)
    read = tf.tanh(
        tf.tensordot(both, arrays["readout/kernel"], 1) + arrays["readout/bias"]
    )
    found = tf.tensordot(read, arrays["output/kernel"], 1) + arrays["output/bias"]
    never = tf.one_hot(0, tf.shape(found)[-1], MASKED_LOGIT, 0.0)
    return found + never


def shift_targets(targets: Tensor) -> Tensor:
    """Return the token before each of `targets` (n, T), the closing mark at first."""
    return tf.pad(targets[:, :-1], [[0, 0], [1, 0]], constant_values=END)


def force_targets(
    settings: TranslationSettings, arrays: Named, memory: EncodedSource, targets: Tensor
) -> tuple[Tensor, Tensor]:
    """Read targets with the tokens before given.

    Args:
        settings: The network's settings.
        arrays: The network's arrays by name.
        memory: The encoded source.
        targets: Ids (n, T).

    Returns:
        Logits (n, T, targets) and weights (n, T, S).
    """
    shares = compute_gate_shares(settings, arrays, shift_targets(targets))
    column = unstack_columns(tf.transpose(shares, (1, 0, 2)))
    count = tf.shape(targets)[1]
    kinds = (memory.start, memory.states[:, 0], memory.states[:, :, 0])
    outputs = [
        tf.TensorArray(tensor.dtype, count, element_shape=(None, *tensor.shape[1:]))
        for tensor in kinds
    ]

    def go(place: Tensor, now: DecoderState, outputs: list[Any]) -> tuple[Any, ...]:
        step = decode_step(settings, arrays, memory, now, column.read(place))
        pairs = zip(outputs, step, strict=True)
        written = [array.write(place, value) for array, value in pairs]
        return place + 1, DecoderState(step.state, step.weights), written

    first = DecoderState(memory.start, tf.zeros_like(memory.states[:, :, 0]))
    _, _, outputs = tf.while_loop(
        lambda place, *_: place < count, go, (0, first, outputs)
    )
    states, contexts, weights = (
        tf.transpose(array.stack(), (1, 0, 2)) for array in outputs
    )
    return compute_logits(arrays, states, contexts), weights


class TranslationModel(keras.Model):
    """The network as Keras trains it; `translation_shapes` names its weights."""

    def __init__(
        self,
        settings: TranslationSettings,
        wanted: parameters.Shapes,
        seed: int,
        dropout: float,
    ) -> None:
        super().__init__(name="translation")
        self.settings = settings
        self.arrays = [
            self.add_weight(shape=shape, name=name.replace("/", "."))
            for name, shape in wanted
        ]
        self.drops = None
        if dropout > 0:
            self.drops = keras.layers.SpatialDropout1D(dropout, seed=seed)
        self.built = True

    def call(
        self, pairs: tuple[Tensor, Tensor], training: bool = False
    ) -> dict[str, Tensor]:
        """Return the mean loss (n,) of the tokens of each target, and what leads to it.

        Args:
            pairs: Ids of sources (n, S) and targets (n, T), each closed, 0 after it.
            training: Whether channels of the sources' vectors are dropped.

        Returns:
            A dict of `logits` (n, T, targets), `weights` (n, T, S) and `losses` (n,).
        """
        sources, targets = pairs
        arrays = name_translation_arrays(self.settings, [v.value for v in self.arrays])
        points = tf.gather(arrays["source/embeddings"], sources)
        if self.drops:
            points = self.drops(points, training=training)
        mask = tf.not_equal(sources, 0)
        memory = read_source(self.settings, arrays, SlotVectors(points), mask)
        logits, weights = force_targets(self.settings, arrays, memory, targets)
        return {
            "logits": logits,
            "weights": weights,
            "losses": compute_losses(logits, targets),
        }


def compute_losses(logits: Tensor, targets: Tensor) -> Tensor:
    """Compute the mean cross-entropy (n,) of each target's tokens, without padding."""
    each = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits)
    seen = tf.cast(tf.not_equal(targets, 0), each.dtype)
    return tf.reduce_sum(each * seen, -1) / tf.maximum(tf.reduce_sum(seen, -1), 1.0)


def read_loss(outputs: Mapping[str, Tensor], lengths: Tensor) -> Tensor:
    """Return the loss (n,) that the model puts out; targets are among its inputs."""
    del lengths
    return outputs["losses"]


def build_translation(
    settings: TranslationSettings,
    sources: int,
    targets: int,
    seed: int,
    dropout: float = 0.0,
) -> TranslationModel:
    """Build a network with freshly drawn weights.

    Args:
        settings: Its shape.
        sources: How many ids sources have, 0 included.
        targets: How many ids targets have, 0 included.
        seed: Decides the initial weights and the dropout masks.
        dropout: Share of the channels of sources' vectors dropped, in [0, 1).

    Returns:
        A model of `(sources, targets)`; see `TranslationModel.call`.
    """
    wanted = translation_shapes(settings, sources, targets)
    model = TranslationModel(settings, wanted, seed, dropout)
    model.set_weights(parameters.draw_initial_arrays(wanted, seed))
    return model
