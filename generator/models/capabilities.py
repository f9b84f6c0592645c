"""Capabilities: what methods can ask of a trained model, whatever it is made of.

Each capability is a protocol, with the dataclasses that its answers come in:

- classifiers of texts: `Classifier`, `Randomisable`, `Additive`, `Attentive`,
  `Averaging`, `StoryReader`, `Differentiable`
- models of the next token: `LanguageModel`, `DifferentiableLanguageModel`
- classifiers of rows of numbers: `RowClassifier`
- translators: `Translator`, `DifferentiableTranslator`
- recurrent models of characters, cell by cell: `CellModel`

A recipe says in `ModelSpec.offers` which of them its trained models have; that is
checked against what a method needs before anything is trained.
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

    The caller cuts texts that are longer than `max_tokens`. Whoever predicts evaluates
    equal texts once, and batches texts of similar length.
    """

    epoch: int
    labels: tuple[str, ...]
    words: WordVocabulary
    max_tokens: int

    def predict(self, texts: Texts) -> Floats:
        """Compute the probability of every label for each text.

        Args:
            texts: Token ids of each text.

        Returns:
            Probabilities (texts, labels); rows sum to 1.
        """
        ...


@runtime_checkable
class Randomisable(Classifier, Protocol):
    """A classifier whose layers can be replaced by untrained ones."""

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of its layers, from the output to the input."""
        ...

    def randomise_layers(self, layers: int, seed: int) -> Self:
        """Return a copy in which the layers next to the output are untrained.

        Args:
            layers: How many layers to randomise, counted from the output.
            seed: Decides the random values. Those of a layer are the same however many
                others are randomised with it.

        Returns:
            The randomised copy.
        """
        ...


@dataclass(frozen=True, slots=True)
class LogitTerms:
    """The logits of a text as a sum: `logits == intercepts + values.sum(0)`."""

    places: tuple[tuple[int, ...], ...]  # for each term, the tokens it is made of
    values: Floats  # (terms, labels)
    intercepts: Floats  # (labels,)


@runtime_checkable
class Additive(Classifier, Protocol):
    """A classifier whose logits are sums over words and pairs of words."""

    def terms(self, text: Sequence[int]) -> LogitTerms:
        """Decompose the logits of a text into terms.

        Args:
            text: Token ids.

        Returns:
            One term for each word or pair of words. With two labels the first label's
            logit is 0.
        """
        ...


@dataclass(frozen=True, slots=True)
class AttentionOutput:
    """Probabilities of a classifier for some texts, with its attention weights."""

    probabilities: Floats  # (texts, labels), rows sum to 1
    weights: tuple[Floats, ...]  # each (slots,), sums to 1; padding after the tokens


@runtime_checkable
class Attentive(Classifier, Protocol):
    """A classifier that weighs its tokens by attention.

    If `masked`, the slots of a text are its tokens; otherwise the text is padded to
    `max_tokens` slots and padding is weighed too. `ratio` bounds the ratio of any two
    attention weights of a text, as the formula of the score implies; None if nothing
    does.
    """

    masked: bool
    ratio: float | None

    def attend(self, texts: Texts) -> AttentionOutput:
        """Predict texts and return the attention weights with the probabilities.

        Args:
            texts: Token ids of each text.

        Returns:
            Probabilities (texts, labels), and weights (slots,) for each text.
        """
        ...


@dataclass(frozen=True, slots=True)
class AverageDecomposition:
    """Logits as weighted averages: `logits[i] == biases + weights[i] @ values[i]`."""

    values: tuple[Floats, ...]  # each (slots, labels): what a slot says, unweighted
    weights: tuple[Floats, ...]  # each (slots,), attention
    biases: Floats  # (labels,)
    logits: Floats  # (texts, labels)


@runtime_checkable
class Averaging(Attentive, Protocol):
    """An attentive classifier whose logits are linear in its attention weights."""

    def average(self, texts: Texts) -> AverageDecomposition:
        """Decompose the logits exactly into contributions of slots.

        Args:
            texts: Token ids of each text.

        Returns:
            The value and the weight of every slot, with biases and logits.
        """
        ...


@dataclass(frozen=True, slots=True)
class EncodedStory:
    """A text as a reader of stories divides it: its tokens are sentences.

    An id stands for a sentence together with the question that it is read for.
    """

    sentences: tuple[Token, ...]
    ids: tuple[int, ...]  # of each sentence
    spans: tuple[tuple[int, int], ...]  # of each sentence, half-open, in words
    question: str  # "" where the text asks nothing


@runtime_checkable
class StoryReader(Attentive, Protocol):
    """A classifier that answers a question about a story, weighing its sentences.

    Its texts are ids of sentences, as `story` or `number_sentences` gives them, all
    read for one question: 0 is padding, 1 a sentence of which no word is known.
    """

    def story(self, words: Sequence[str]) -> EncodedStory:
        """Divide a text into sentences and a question, and number the sentences.

        Args:
            words: Words of the text, whose last sentence may be a question about the
                others.

        Returns:
            Sentences, their ids and spans, and the question.
        """
        ...

    def number_sentences(
        self, sentences: Sequence[str], question: str
    ) -> tuple[int, ...]:
        """Return ids of sentences that are read for a question.

        Args:
            sentences: Sentences as text.
            question: The question that they are read for.

        Returns:
            One id for each sentence.
        """
        ...


@dataclass(frozen=True, slots=True)
class NextTokenPrediction:
    """Predictions of a language model after some histories."""

    probabilities: Floats  # (histories, vocabulary), rows sum to 1
    weights: Floats  # (histories, window), attention, rows sum to 1


@dataclass(frozen=True, slots=True)
class LogitDecomposition:
    """The logits of chosen tokens, decomposed exactly by slot and by part.

    `logits == biases + by_part.sum((1, 2))` to float32 rounding.
    """

    parts: tuple[str, ...]  # "embedding", "layer 1", …
    by_part: Floats  # (histories, window, parts)
    logits: Floats  # (histories,)
    biases: Floats  # (histories,)


@dataclass(frozen=True, slots=True)
class GeneratedTexts:
    """Token ids generated after each prefix, with what the model read at each step.

    Only the first `lengths[i]` steps of row `i` count: generation stops after the
    closing mark.
    """

    ids: Ids  # (texts, length)
    histories: Ids  # (texts, length, window)
    weights: Floats  # (texts, length, window)
    probabilities: Floats  # (texts, length, vocabulary)
    lengths: Ids  # (texts,)


@runtime_checkable
class LanguageModel(Protocol):
    """A model of the next token over a fixed window, with its attention exposed."""

    window: int
    epoch: int
    vocabulary: Vocabulary

    def predict(self, histories: Ids) -> NextTokenPrediction:
        """Predict the next token after each history.

        Args:
            histories: Token ids (histories, window), 0 where padded.

        Returns:
            Probabilities and attention weights, one row for each history.
        """
        ...

    def decompose(self, histories: Ids, targets: Ids) -> LogitDecomposition:
        """Decompose the logits of chosen tokens by slot and by part.

        Args:
            histories: Token ids (histories, window), 0 where padded.
            targets: For each history the token whose logit is decomposed, (histories,).

        Returns:
            Contributions (histories, window, parts), with logits and biases.
        """
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
        """Generate tokens after each prefix.

        Args:
            prefixes: Token ids of each prefix, the opening mark included.
            length: How many tokens to write at most.
            temperature: 0 takes the most probable token, the lowest id of a tie.
            seed: Row `i` has a random generator of its own, seeded by `(*seed, i)`, so
                that adding texts changes none.
            stop: Whether a text ends at its closing mark.

        Returns:
            Ids, histories, attention weights and probabilities of every step.
        """
        ...


@dataclass(frozen=True, slots=True)
class InputGradients:
    """Values of one output at embedded texts, and its gradients there."""

    values: Floats  # (texts,), of the quantity asked for
    gradients: tuple[Floats, ...]  # each (slots, dimensions), like its point
    probabilities: Floats  # (texts, labels)


@runtime_checkable
class Differentiable(Classifier, Protocol):
    """A classifier differentiable with respect to its embedded input."""

    def embed(self, texts: Texts) -> tuple[Floats, ...]:
        """Embed texts as the network reads them.

        Args:
            texts: Token ids of each text.

        Returns:
            For each text vectors (slots, dimensions), rows of padding included.
        """
        ...

    def embedding(self) -> Floats:
        """Return the embedding of every id, (ids, dimensions)."""
        ...

    def compute_gradients(
        self,
        points: Sequence[Floats],
        labels: Sequence[int],
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        """Compute gradients of one label's output at embedded texts, without dropout.

        Args:
            points: Embedded texts, or other points of their shape, each
                (slots, dimensions).
            labels: For each point the index of the label to differentiate.
            quantity: Which output of that label.
            frozen: Whether attention weights are constants, so that nothing flows
                through them.

        Returns:
            Values (texts,), gradients like `points`, and probabilities (texts, labels).
        """
        ...


@runtime_checkable
class DifferentiableLanguageModel(LanguageModel, Protocol):
    """A language model differentiable with respect to its embedded window."""

    def embedding(self) -> Floats:
        """Return the embedding of every id, (ids, dimensions)."""
        ...

    def compute_gradients(
        self,
        points: Sequence[Floats],
        targets: Ids,
        quantity: Quantity,
        *,
        frozen: bool = False,
    ) -> InputGradients:
        """Compute gradients of one token's output at embedded windows.

        Args:
            points: Embedded windows, each (window, dimensions).
            targets: For each point the token to differentiate, (points,).
            quantity: Which output of that token.
            frozen: Whether attention weights are constants.

        Returns:
            Values (points,), gradients like `points`, and probabilities (points, 2):
            first of any other token, then of the target.
        """
        ...


Rows = NDArray[np.floating[Any]]
"""Rows of numbers (rows, features), each in its own unit."""


@dataclass(frozen=True, slots=True)
class RowGradients:
    """Values of one output at rows of numbers, and its gradients there."""

    values: NDArray[np.float64]  # (rows,), of the quantity asked for
    gradients: NDArray[np.float64]  # (rows, features), per unit of the feature
    probabilities: NDArray[np.float64]  # (rows, labels)


@runtime_checkable
class RowClassifier(Protocol):
    """A classifier of rows of numbers, differentiable with respect to them."""

    epoch: int
    labels: tuple[str, ...]
    features: tuple[str, ...]

    def predict(self, rows: Rows) -> Floats:
        """Compute the probability of every label for each row.

        Args:
            rows: Numbers (rows, features), each in its own unit.

        Returns:
            Probabilities (rows, labels); rows sum to 1.
        """
        ...

    def compute_gradients(
        self,
        rows: Rows,
        quantity: Quantity = "probability",
        label: int | None = None,
        *,
        summed: bool = False,
    ) -> RowGradients:
        """Compute gradients of one label's output at rows of numbers.

        Args:
            rows: Numbers (rows, features), each in its own unit.
            quantity: Which output of the label.
            label: Index of the label for all rows; None takes each row's predicted
                label.
            summed: Whether to differentiate the sum over all labels of their log
                probabilities instead, as the penalty of right reasons does.

        Returns:
            Values (rows,), gradients (rows, features), and probabilities (rows,
            labels).
        """
        ...


@dataclass(frozen=True, slots=True)
class TranslationScores:
    """Scores of given targets for their sources, one entry for each pair."""

    probabilities: tuple[Floats, ...]  # each (targets,), of the given token
    logs: tuple[Floats, ...]  # the same in nats
    best: tuple[tuple[int, ...], ...]  # the likeliest token in the place of each
    weights: tuple[Floats, ...]  # each (targets, sources), rows sum to 1


@dataclass(frozen=True, slots=True)
class TranslatedTexts:
    """Translations as ids, with the sums of their log probabilities.

    A target that ends in the closing mark is complete; any other was cut for length.
    """

    ids: tuple[tuple[int, ...], ...]
    sums: Floats  # (texts,), nats


@runtime_checkable
class Translator(Protocol):
    """A model that writes a target for a source, attending to it token by token.

    Texts of both sides are ids of their `WordVocabulary`, closed by the id 2, the
    closing mark. `unit` says what a token is, `scoring` how attention is scored.
    """

    epoch: int
    sources: WordVocabulary
    targets: WordVocabulary
    unit: Literal["word", "character"]
    max_tokens: int
    scoring: str

    def read(self, sources: Texts, targets: Texts) -> TranslationScores:
        """Score given targets token by token (teacher forcing).

        Args:
            sources: Token ids of each source, closed by the closing mark.
            targets: Token ids of each target, closed by the closing mark.

        Returns:
            Probability and attention weights of every target token, given those before
            it.
        """
        ...

    def translate(self, sources: Texts, width: int = 1) -> TranslatedTexts:
        """Translate sources by beam search.

        Args:
            sources: Token ids of each source, closed by the closing mark.
            width: Width of the beam; 1 is greedy.

        Returns:
            The most probable target that was found for each source.
        """
        ...


@runtime_checkable
class DifferentiableTranslator(Translator, Protocol):
    """A translator differentiable with respect to its source's embeddings."""

    def products(self, sources: Texts, targets: Texts) -> tuple[Floats, ...]:
        """Compute gradient times input for every target token.

        The log probability of each target token is differentiated, given those before
        it.

        Args:
            sources: Token ids of each source, closed by the closing mark.
            targets: Token ids of each target, closed by the closing mark.

        Returns:
            For each pair the products (targets, sources), in nats.
        """
        ...


@dataclass(frozen=True, slots=True)
class CellActivity:
    """Activity of all cells after each character read, layer by layer."""

    activations: Floats  # (characters, cells), in [-1, 1]: what a cell gives out
    memories: Floats  # (characters, cells), the LSTM's memory, without bound


@dataclass(frozen=True, slots=True)
class CellClamp:
    """A cell, by its index in `CellActivity`, and the memory that it is clamped to.

    The memory has that value after every character, whatever the gates say; the cell's
    activation still follows from it through the output gate.
    """

    cell: int
    memory: float


@runtime_checkable
class CellModel(Protocol):
    """A recurrent model of characters whose cells can be traced and clamped.

    Such a model reads a text from a memory of zeros. Most read a whole text in one
    pass; a model with a window reads, for every character, the window that ends with
    it.

    Texts are ids without the mark that opens a document; a model that has learnt such a
    mark reads it before each text.
    """

    epoch: int
    vocabulary: Vocabulary

    @property
    def layers(self) -> tuple[int, ...]:
        """Number of cells of each recurrent layer, the lowest first."""
        ...

    def trace_cells(self, texts: Sequence[Ids]) -> list[CellActivity]:
        """Trace the activity of all cells over texts, each read from zero memory.

        Args:
            texts: Token ids of each text, (characters,).

        Returns:
            For each text activations and memories, (characters, cells).
        """
        ...

    def predict_clamped(
        self, texts: Sequence[Ids], places: Sequence[Ids], clamps: Sequence[CellClamp]
    ) -> Floats:
        """Predict the next character with one cell clamped at a time.

        Every text is read from zero memory once for each clamp, whose cell is held from
        the first character on.

        Args:
            texts: Token ids of each text, (characters,).
            places: For each text the indices of characters after which to predict.
            clamps: Cells, each with the memory that it is clamped to.

        Returns:
            Probabilities (clamps, places, vocabulary), the places of all texts one
            after the other.
        """
        ...

    def predict_next(self, texts: Sequence[Ids], places: Sequence[Ids]) -> Floats:
        """Predict the next character with no cell clamped.

        Args:
            texts: Token ids of each text, (characters,).
            places: For each text the indices of characters after which to predict.

        Returns:
            Probabilities (places, vocabulary), the places of all texts one after the
            other.
        """
        ...

    def draw_untrained(self, seed: int) -> Self:
        """Return a network of the same shape with random weights.

        Args:
            seed: Decides the weights.

        Returns:
            The untrained network.
        """
        ...
