"""What a classifier can be asked that weighs its tokens, or a story's sentences.

What a classifier of texts can be asked, whatever it is made of.

What a network can be asked that can be differentiated by its embedded input.

What a model of the next token can be asked.

What a classifier of rows of numbers can be asked.

What a model that writes a target for a source can be asked.

What a recurrent model of characters can be asked of its single cells.

Such a model reads a text from a memory of zeros, and its cells can be watched after
every character or held at a value while it reads. Most read a whole text in one pass. A
model with a window reads, for every character, the window that ends with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from generator.core.tokens import Token
from generator.corpora.tokenization import Vocabulary
from generator.corpora.words import WordVocabulary
from generator.models.base import Floats, Ids, Quantity, Texts


@runtime_checkable
class Classifier(Protocol):
    """A model that gives each of its labels a probability.

    Texts longer than `max_tokens` are the caller's to cut. Equal texts are asked once,
    and texts of like lengths together, whoever asks.
    """

    epoch: int
    labels: tuple[str, ...]
    words: WordVocabulary
    max_tokens: int

    def predict(self, texts: Texts) -> Floats:
        """Probabilities (texts, labels), rows sum to 1."""
        ...


@runtime_checkable
class Randomisable(Classifier, Protocol):
    """A classifier whose layers can be drawn afresh."""

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of its layers, from the output to the input."""
        ...

    def randomise_layers(self, layers: int, seed: int) -> Self:
        """The same with so many layers next to the output as before training.

        The seed decides what is drawn: a layer's values are the same however many
        others are drawn with it.
        """
        ...


@dataclass(frozen=True, slots=True)
class LogitTerms:
    """A text's logits as a sum: `logits == intercepts + values.sum(0)`."""

    places: tuple[tuple[int, ...], ...]  # for each term, the tokens it is made of
    values: Floats  # (terms, labels)
    intercepts: Floats  # (labels,)


@runtime_checkable
class Additive(Classifier, Protocol):
    """A classifier whose logits are sums over words and pairs of words."""

    def terms(self, text: Sequence[int]) -> LogitTerms:
        """The sum. With two labels the first's logit is 0."""
        ...


@dataclass(frozen=True, slots=True)
class AttentionOutput:
    """A classifier's answers to texts, and what it attended to."""

    probabilities: Floats  # (texts, labels), rows sum to 1
    weights: tuple[Floats, ...]  # each (slots,), sums to 1; padding after the tokens


@runtime_checkable
class Attentive(Classifier, Protocol):
    """A classifier that weighs its tokens.

    `masked`: a text's slots are its tokens. Otherwise it is padded to `max_tokens`
    slots and padding is weighed too. `ratio` is the largest two weights of a text can
    be to each other by the formula of the score, None where there is no bound.
    """

    masked: bool
    ratio: float | None

    def attend(self, texts: Texts) -> AttentionOutput:
        """Probabilities and weights."""
        ...


@dataclass(frozen=True, slots=True)
class AverageDecomposition:
    """Logits as averages: `logits[i] == biases + weights[i] @ values[i]`."""

    values: tuple[Floats, ...]  # each (slots, labels): what a slot says, unweighted
    weights: tuple[Floats, ...]  # each (slots,), attention
    biases: Floats  # (labels,)
    logits: Floats  # (texts, labels)


@runtime_checkable
class Averaging(Attentive, Protocol):
    """An attentive classifier whose logits are linear in its attention weights."""

    def average(self, texts: Texts) -> AverageDecomposition:
        """The logits, divided exactly over slots."""
        ...


@dataclass(frozen=True, slots=True)
class EncodedStory:
    """A text as a reader of stories divides it: its tokens are sentences.

    An id numbers a sentence together with the question it is read for.
    """

    sentences: tuple[Token, ...]
    ids: tuple[int, ...]  # of each sentence
    spans: tuple[tuple[int, int], ...]  # of each sentence, half-open, in words
    question: str  # "" where the text asks nothing


@runtime_checkable
class StoryReader(Attentive, Protocol):
    """A classifier that answers a question about a story, weighing its sentences.

    Its texts are ids of sentences, as `story` or `number` gives them, all of one
    question: 0 padding, 1 a sentence of which no word is known.
    """

    def story(self, words: Sequence[str]) -> EncodedStory:
        """The sentences of a text, whose last may be a question about the others."""
        ...

    def number_sentences(
        self, sentences: Sequence[str], question: str
    ) -> tuple[int, ...]:
        """Ids of sentences that are read for `question`."""
        ...


@dataclass(frozen=True, slots=True)
class NextTokenPrediction:
    """A language model's answer to histories."""

    probabilities: Floats  # (histories, vocabulary), rows sum to 1
    weights: Floats  # (histories, window), attention, rows sum to 1


@dataclass(frozen=True, slots=True)
class LogitDecomposition:
    """The logits of chosen tokens, divided exactly.

    `logits == biases + by_part.sum((1, 2))` to float32 rounding.
    """

    parts: tuple[str, ...]  # "embedding", "layer 1", …
    by_part: Floats  # (histories, window, parts)
    logits: Floats  # (histories,)
    biases: Floats  # (histories,)


@dataclass(frozen=True, slots=True)
class GeneratedTexts:
    """Token ids written after each prefix, with what was seen at each step.

    `lengths[i]` steps of row `i` are real: writing stops after the closing mark.
    """

    ids: Ids  # (texts, length)
    histories: Ids  # (texts, length, window)
    weights: Floats  # (texts, length, window)
    probabilities: Floats  # (texts, length, vocabulary)
    lengths: Ids  # (texts,)


@runtime_checkable
class LanguageModel(Protocol):
    """A model of the next token over a window of fixed length, attention exposed."""

    window: int
    epoch: int
    vocabulary: Vocabulary

    def predict(self, histories: Ids) -> NextTokenPrediction:
        """`histories` (n, window) of ids, 0 where padded: one answer a row."""
        ...

    def decompose(self, histories: Ids, targets: Ids) -> LogitDecomposition:
        """The logit of `targets[i]` after `histories[i]`, by slot and by part."""
        ...

    def write(
        self,
        prefixes: Sequence[Sequence[int]],
        length: int,
        temperature: float,
        seed: Sequence[int],
        *,
        stop: bool = True,
    ) -> GeneratedTexts:
        """Write up to `length` tokens after each prefix (ids, opening mark included).

        Temperature 0 takes the most probable token, the lowest id of a tie. Row `i`
        draws from its own generator, seeded by (*seed, i), so that adding texts
        changes none. With `stop`, a text ends at its closing mark.
        """
        ...


@dataclass(frozen=True, slots=True)
class InputGradients:
    """Values of one output at embedded texts, and its gradient there."""

    values: Floats  # (texts,), of the quantity asked for
    gradients: tuple[Floats, ...]  # each (slots, dimensions), like its point
    probabilities: Floats  # (texts, labels)


@runtime_checkable
class Differentiable(Classifier, Protocol):
    """A classifier that can be differentiated by its embedded input."""

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        """What the network reads: each (slots, dimensions), padding's rows included."""
        ...

    def embedding(self) -> Floats:
        """The vectors of all ids, (ids, dimensions)."""
        ...

    def compute_gradients(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        """The gradient of `labels[i]`'s quantity at `points[i]`, dropout off.

        Points are embedded texts or anything of their shape. `frozen` takes attention
        weights as constants, so that nothing flows through them.
        """
        ...


@runtime_checkable
class DifferentiableLanguageModel(LanguageModel, Protocol):
    """A language model that can be differentiated by its embedded window."""

    def embedding(self) -> Floats:
        """The vectors of all ids, (ids, dimensions)."""
        ...

    def compute_gradients(
        self,
        points: Sequence[Floats],
        targets: Ids,
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        """The gradient of `targets[i]`'s quantity at `points[i]` (window, dimensions).

        `probabilities` of the answer are (texts, 2): of any other token, of this one.
        """
        ...


Rows = NDArray[np.floating[Any]]
"""Rows of numbers (rows, features), each in its own unit."""


@dataclass(frozen=True, slots=True)
class RowGradients:
    """Values of one output at rows of numbers, and its gradient there."""

    values: NDArray[np.float64]  # (rows,), of the quantity asked for
    gradients: NDArray[np.float64]  # (rows, features), per unit of the feature
    probabilities: NDArray[np.float64]  # (rows, labels)


@runtime_checkable
class RowClassifier(Protocol):
    """A classifier of rows of numbers that can be differentiated by them."""

    epoch: int
    labels: tuple[str, ...]
    features: tuple[str, ...]

    def predict(self, rows: Rows) -> Floats:
        """Probabilities (rows, labels), rows sum to 1."""
        ...

    def compute_gradients(
        self,
        rows: Rows,
        quantity: Quantity = "probability",
        label: int | None = None,
        *,
        summed: bool = False,
    ) -> RowGradients:
        """The gradient of the quantity of `label`, or of each row's predicted one.

        `summed` differentiates the sum over all labels of their log probabilities,
        which the penalty of right reasons is about.
        """
        ...


@dataclass(frozen=True, slots=True)
class TranslationScores:
    """A translator's answers to sources whose targets are given, a row for each."""

    probabilities: tuple[Floats, ...]  # each (targets,), of the given token
    logs: tuple[Floats, ...]  # the same in nats
    best: tuple[tuple[int, ...], ...]  # the likeliest token in the place of each
    weights: tuple[Floats, ...]  # each (targets, sources), rows sum to 1


@dataclass(frozen=True, slots=True)
class TranslatedTexts:
    """What a translator writes: ids, and the sum of their log probabilities.

    A target that ends in the closing mark is whole; another one was too long.
    """

    ids: tuple[tuple[int, ...], ...]
    sums: Floats  # (texts,), nats


@runtime_checkable
class Translator(Protocol):
    """A model that writes a target for a source, attending to it token by token.

    Texts of both sides are ids of their `Words`, closed by the id 2, the closing mark.
    `unit` says what a token is, `scoring` how attention is scored.
    """

    epoch: int
    sources: WordVocabulary
    targets: WordVocabulary
    unit: Literal["word", "character"]
    max_tokens: int
    scoring: str

    def read(self, sources: Texts, targets: Texts) -> TranslationScores:
        """What it makes of each target token, those before it being given."""
        ...

    def translate(self, sources: Texts, width: int = 1) -> TranslatedTexts:
        """The likeliest targets found by beam search; a width of 1 is greedy."""
        ...


@runtime_checkable
class DifferentiableTranslator(Translator, Protocol):
    """A translator that can be differentiated by the vectors of its source."""

    def products(self, sources: Texts, targets: Texts) -> tuple[Floats, ...]:
        """Gradient times vector, (targets, sources) for each pair.

        What is differentiated is the log probability of each target token, those before
        it being given.
        """
        ...


@dataclass(frozen=True, slots=True)
class CellActivity:
    """All cells after each character that was read, layer by layer."""

    activations: Floats  # (characters, cells), in [-1, 1]: what a cell gives out
    memories: Floats  # (characters, cells), the LSTM's memory, without bound


@dataclass(frozen=True, slots=True)
class CellClamp:
    """One cell, by its place in `Activity`, and the memory that it is held at.

    The memory has that value after every character, whatever the gates say; what the
    cell gives out follows from it by the output gate, as ever.
    """

    cell: int
    memory: float


@runtime_checkable
class CellModel(Protocol):
    """A model of the next character whose cells can be watched and held.

    Texts are ids without the mark that opens a document; a model that has learnt such a
    mark reads it before each.
    """

    epoch: int
    vocabulary: Vocabulary

    @property
    def layers(self) -> tuple[int, ...]:
        """How many cells each recurrent layer has, the lowest first."""
        ...

    def trace_cells(self, texts: Sequence[Ids]) -> list[CellActivity]:
        """Activity over each text (characters,) of ids, each read from rest."""
        ...

    def predict_clamped(
        self, texts: Sequence[Ids], places: Sequence[Ids], clamps: Sequence[CellClamp]
    ) -> Floats:
        """What comes next, with each cell held in turn, (clamps, places, vocabulary).

        Places of a text are those after whose character the next is asked for; the
        answers of all texts stand behind each other. Every text is read from rest
        once for each clamp, its cell held from the first character on.
        """
        ...

    def predict_next(self, texts: Sequence[Ids], places: Sequence[Ids]) -> Floats:
        """The same with no cell held, (places, vocabulary)."""
        ...

    def draw_untrained(self, seed: int) -> Self:
        """A network of the same shape whose weights were drawn afresh by `seed`."""
        ...
