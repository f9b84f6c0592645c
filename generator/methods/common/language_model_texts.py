"""Texts as a language model reads them, its predictions, and artifacts of these.

A text keeps its words beside their ids, so that an unknown word is shown by name though
the model sees only the id 0. Ids begin after the opening mark (none in a single text).
The
history of the token at a place is the `window` ids before it, padded with 0 on the
left,
as in training and in generation. All predictions go through distinct histories.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Artifact, Check, Frames, SlotScores
from generator.core.errors import CorpusError, UnsupportedError, quote_text
from generator.core.tokens import Token
from generator.corpora.base import Document
from generator.corpora.tokenization import (
    PAD,
    Vocabulary,
    join_tokens,
    split_prefix,
    split_tokens,
)
from generator.methods.base import Context
from generator.methods.common.checks import (
    attention_checks,
    top_alternatives,
    verify_checks,
)
from generator.models.base import Floats, Ids, ModelSpec
from generator.models.capabilities import LanguageModel, NextTokenPrediction

BATCH = 1024
"""Distinct histories in one call: 40 MB of probabilities over 10,000 words."""
FLOOR = 1e-30
"""Probabilities are at least this before their logarithm is taken: 69 nats."""


def histories(ids: Sequence[int], places: Iterable[int], window: int) -> Ids:
    """Return the `window` ids before each place.

    Args:
        ids: The text.
        places: Indices of tokens.
        window: How many ids the model reads.

    Returns:
        (places, window), padded with 0 on the left.
    """
    padded = np.concatenate([np.zeros(window, np.int64), np.asarray(ids, np.int64)])
    at = np.fromiter(places, dtype=np.int64)
    return np.asarray(padded[at[:, None] + np.arange(window)], dtype=np.int32)


def is_padding(rows: Ids) -> NDArray[np.bool_]:
    """Return which slots come before the first token.

    An unknown token has the id 0 too, but stands after a known one; one that opens a
    single
    text cannot be told from padding.

    Args:
        rows: (histories, window).

    Returns:
        (histories, window), true for padding.
    """
    return np.asarray(np.cumsum(rows != 0, axis=1) == 0)


def token_ids(vocabulary: Vocabulary, tokens: Iterable[Token]) -> list[int]:
    """Return the ids of tokens, 0 for padding and unknown ones."""
    return [
        0 if token.kind in {"pad", "unknown"} else vocabulary.ids.get(token.text, 0)
        for token in tokens
    ]


def predict_histories(model: LanguageModel, rows: Ids) -> NextTokenPrediction:
    """Predict the next token of all histories, each distinct one once.

    Args:
        model: The language model.
        rows: (histories, window).

    Returns:
        Probabilities (histories, vocabulary) and attention weights, in the order of
        `rows`.
    """
    distinct, where = unique_rows(rows)
    parts = [model.predict(part) for part in split_batches(distinct)]
    probabilities = np.concatenate([part.probabilities for part in parts])
    weights = np.concatenate([part.weights for part in parts])
    return NextTokenPrediction(probabilities[where], weights[where])


def target_probability(
    model: LanguageModel, rows: Ids, targets: Ids
) -> NDArray[np.float64]:
    """Compute the probability of one token after each history.

    Args:
        model: The language model.
        rows: (n, window).
        targets: Ids, (n,).

    Returns:
        (n,), from 0 to 1.
    """
    return token_probabilities(model, rows, np.asarray(targets)[:, None])[:, 0]


def token_probabilities(
    model: LanguageModel, rows: Ids, ids: Ids
) -> NDArray[np.float64]:
    """Compute the probabilities of several tokens after each history.

    Only one batch of full distributions is in memory, so `n` may be any number.

    Args:
        model: The language model.
        rows: (n, window).
        ids: (n, k).

    Returns:
        (n, k), from 0 to 1.
    """
    distinct, where = unique_rows(rows)
    probabilities = np.empty(ids.shape, dtype=np.float64)
    for number, part in enumerate(split_batches(distinct)):
        answers = model.predict(part).probabilities
        mine = np.flatnonzero(where // BATCH == number)
        probabilities[mine] = answers[(where[mine] % BATCH)[:, None], ids[mine]]
    return probabilities


def floored_log(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Compute natural logarithms of probabilities, those below `FLOOR` as `FLOOR`."""
    return np.log(np.maximum(np.asarray(values, dtype=np.float64), FLOOR))


def unique_rows(rows: Ids) -> tuple[Ids, NDArray[np.intp]]:
    """Return the distinct rows, sorted, and the index of each row's among them."""
    distinct, where = np.unique(rows, axis=0, return_inverse=True)
    return distinct, where.reshape(-1)


def split_batches(rows: Ids) -> list[Ids]:
    """Split rows into batches of at most `BATCH`."""
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]


def to_float32(values: NDArray[np.floating[Any]]) -> Floats:
    """Convert to the precision of artifacts."""
    return np.asarray(values, dtype=np.float32)


PADDING = Token(PAD, "pad")


@dataclass(frozen=True, slots=True)
class TokenText:
    """Tokens from the opening mark on, with their ids."""

    tokens: tuple[Token, ...]
    ids: tuple[int, ...]

    def histories(self, places: Sequence[int], window: int) -> Ids:
        """Return what a model sees before each place, (places, window)."""
        return histories(self.ids, places, window)

    def history_tokens(
        self, places: Iterable[int], window: int
    ) -> tuple[tuple[Token, ...], ...]:
        """Return the tokens of `histories` at the same places."""
        padded = (PADDING,) * window + self.tokens
        return tuple(padded[place : place + window] for place in places)


def read_text(vocabulary: Vocabulary, text: str, *, closed: bool = False) -> TokenText:
    """Tokenize a text as a document, after its opening mark.

    Args:
        vocabulary: The model's vocabulary.
        text: Running text.
        closed: Whether to add the closing mark.
    """
    words = split_tokens(text, word_level=vocabulary.word_level)
    ends = opening_tokens(vocabulary)
    return build_text(vocabulary, ends, words, ends if closed else ())


def read_prefix(vocabulary: Vocabulary, prefix: str) -> TokenText:
    """Tokenize the beginning of a text that the model continues."""
    words = split_prefix(prefix, word_level=vocabulary.word_level)
    return build_text(vocabulary, opening_tokens(vocabulary), words)


def opening_tokens(vocabulary: Vocabulary) -> tuple[Token, ...]:
    """Return what stands before a text: its opening mark, nothing in a single text."""
    return () if vocabulary.mark is None else (Token(vocabulary.mark, "mark"),)


def build_text(
    vocabulary: Vocabulary,
    before: Iterable[Token],
    words: Iterable[str],
    after: Iterable[Token] = (),
) -> TokenText:
    """Build a text of words between tokens.

    Args:
        vocabulary: The model's vocabulary; words it lacks are marked as unknown.
        before: Tokens before the words.
        words: Words of the text.
        after: Tokens after the words.
    """
    known = vocabulary.ids.keys() - {vocabulary.mark}
    middle = (Token(word, "word" if word in known else "unknown") for word in words)
    tokens = (*before, *middle, *after)
    return TokenText(tokens, tuple(token_ids(vocabulary, tokens)))


def format_tokens(vocabulary: Vocabulary, tokens: Iterable[Token]) -> str:
    """Format tokens as running text, marks and padding left out."""
    words = [token.text for token in tokens if token.kind in {"word", "unknown"}]
    return join_tokens(words, word_level=vocabulary.word_level)


def append_written(
    vocabulary: Vocabulary, prefix: Sequence[Token], ids: Iterable[int]
) -> TokenText:
    """Append generated ids to a prefix.

    Args:
        vocabulary: The model's vocabulary.
        prefix: Tokens before them.
        ids: Ids as the model wrote them.
    """
    tokens = (*prefix, *(vocabulary.token(int(index)) for index in ids))
    return TokenText(tokens, tuple(token_ids(vocabulary, tokens)))


def read_slot_scores(artifact: Artifact, name: str) -> SlotScores:
    """Return the text that an artifact holds, at the first of its epochs.

    Args:
        artifact: The artifact that `of:` names.
        name: Its name, for the message.

    Raises:
        UnsupportedError: The artifact holds no text.
    """
    if isinstance(artifact, Frames) and artifact.frames:
        return artifact.frames[0]
    if isinstance(artifact, SlotScores):
        return artifact
    raise UnsupportedError(
        f"of: {quote_text(name)} holds no text; name an artifact of the method "
        "writing or reading"
    )


def reread_text(model: LanguageModel, scores: SlotScores) -> tuple[TokenText, int]:
    """Rebuild the text of an artifact for this model.

    Args:
        model: A language model with the window that the text was read through.
        scores: The artifact's text.

    Returns:
        The text with what stood before its first step, padding left out, and the place
        of
        that step.

    Raises:
        UnsupportedError: The text was read through another window.
    """
    check_window(model, scores)
    before = tuple(token for token in scores.histories[0] if token.kind != "pad")
    tokens = before + scores.targets
    return TokenText(tokens, tuple(token_ids(model.vocabulary, tokens))), len(before)


def check_window(model: LanguageModel, scores: SlotScores) -> None:
    """Check that a text was read through the window of this model.

    Raises:
        UnsupportedError: It was read through another one.
    """
    sizes = {len(history) for history in scores.histories}
    if sizes != {model.window}:
        read = " and ".join(str(size) for size in sorted(sizes)) or "no"
        raise UnsupportedError(
            f"of: the text was read {read} slots at a time; expected the "
            f"{model.window} of this model: ask the model that wrote it"
        )


def encode_rows(scores: SlotScores, model: LanguageModel) -> tuple[Ids, Ids]:
    """Encode the histories and targets of a text as ids of a model.

    Returns:
        Histories (steps, window) and targets (steps,).

    Raises:
        UnsupportedError: The text was read through another window.
    """
    check_window(model, scores)
    rows = [token_ids(model.vocabulary, history) for history in scores.histories]
    targets = token_ids(model.vocabulary, scores.targets)
    return np.array(rows, dtype=np.int32), np.array(targets, dtype=np.int32)


def held_out_documents(
    context: Context, limit: int | None = None
) -> tuple[tuple[int, Document], ...]:
    """Return held-out documents with their indices, in their order.

    Which ones are taken depends on the seed and each document's index alone, so that a
    document more or less changes at most one other.

    Args:
        context: The corpus, the model's log and the seed.
        limit: At most so many, None for all.

    Raises:
        CorpusError: There is no corpus, or no document is held out.
    """
    documents = corpus_documents(context)
    candidates = context.model.log.held_out
    if not candidates:
        raise CorpusError(
            "no document is held out; expected some that the model was not trained "
            "on: give the model a share to validate on"
        )
    chosen = choose_places(candidates, limit, context.seed)
    return tuple((index, documents[index]) for index in chosen)


def training_documents(context: Context) -> tuple[Document, ...]:
    """Return the documents the model was trained on.

    Raises:
        CorpusError: There is no corpus.
    """
    log = context.model.log
    unseen = {*log.held_out, *log.tested}
    documents = enumerate(corpus_documents(context))
    return tuple(document for index, document in documents if index not in unseen)


def no_corpus_reason(model: ModelSpec) -> str | None:
    """Return why a model has no documents to take, None where it has some."""
    if model.corpus is not None:
        return None
    return "the model has no corpus to take documents of; name one as its corpus"


def corpus_documents(context: Context) -> tuple[Document, ...]:
    """Return all documents of the model's corpus.

    Raises:
        CorpusError: There is no corpus.
    """
    if context.corpus is None:
        raise CorpusError(
            "the model has no corpus; expected one to take documents from: "
            "name it with corpus: on the model"
        )
    return context.corpus.documents


Place = TypeVar("Place", int, tuple[int, int])


def choose_places(
    places: Sequence[Place], limit: int | None, seed: Sequence[int]
) -> tuple[Place, ...]:
    """Choose places by a hash of the seed and each place.

    Args:
        places: Integers or pairs of them.
        limit: At most so many, None for all.
        seed: What decides; places added later change few of the others.

    Returns:
        The chosen places, sorted.
    """
    if limit is None or len(places) <= limit:
        return tuple(sorted(places))
    root = "/".join(map(str, seed))

    def rank(place: Place) -> bytes:
        return hashlib.sha256(f"chosen/{root}/{place}".encode()).digest()

    return tuple(sorted(sorted(places, key=rank)[:limit]))


QUANTITY = "attention weight"


def first_place(model: LanguageModel) -> int:
    """Return the place of the first token of a text that a model can be asked about.

    It comes after the opening mark. A single text has none, and training leaves out its
    first window, as textgenrnn does: no history with padding was ever learnt from, so
    an answer to one says nothing about the model.
    """
    return model.window if model.vocabulary.mark is None else 1


def count_unasked(model: LanguageModel, before: TokenText) -> int:
    """Return how many tokens are written after a prefix before the first asked about.

    Args:
        model: The language model.
        before: The prefix.
    """
    return max(0, first_place(model) - len(before.ids))


def read_rows(
    model: LanguageModel, text: TokenText, places: range
) -> NextTokenPrediction:
    """Predict the tokens at some places of an existing text."""
    return predict_histories(model, text.histories(places, model.window))


def attention_rows(
    model: LanguageModel,
    text: TokenText,
    places: range,
    predictions: NextTokenPrediction,
    count: int,
    *checks: Check,
    prefix: str = "",
    temperature: float | None = None,
) -> SlotScores:
    """Build the artifact of attention over a text's histories.

    Args:
        model: The language model, for its window, epoch and vocabulary.
        text: The text.
        places: Places of the steps.
        predictions: The model's predictions, parallel to `places`.
        count: How many alternatives to keep at each step.
        checks: Further checks of the caller.
        prefix: What the author gave the model to go on from.
        temperature: Of sampling, None where nothing was sampled.

    Returns:
        Attention (steps, window) with targets, histories and probabilities.

    Raises:
        IntegrityError: A check failed.
    """
    targets = np.array([text.ids[place] for place in places])
    probabilities = predictions.probabilities[np.arange(len(places)), targets]
    sound = attention_checks(predictions.weights, predictions.probabilities)
    return SlotScores(
        epoch=model.epoch,
        checks=verify_checks(*sound, *checks),
        targets=tuple(text.tokens[place] for place in places),
        histories=text.history_tokens(places, model.window),
        scores=to_float32(predictions.weights),
        probabilities=to_float32(probabilities),
        quantity=QUANTITY,
        alternatives=top_alternatives(
            model.vocabulary, predictions.probabilities, count
        ),
        prefix=prefix,
        temperature=temperature,
    )
