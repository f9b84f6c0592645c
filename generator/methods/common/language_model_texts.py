"""Texts as a model reads them: documents of its corpus, and what an author wrote.

A text keeps its words beside their ids, so that an unknown word is shown by name though
the model sees only the id 0.

From a text to the questions a language model is asked about it.

A text is ids after its opening mark (none in a single text). The history of the token
at a place is the `window` ids before it, padded with 0 on the left, as in training and
in writing. All questions go through one predict over distinct histories.

Attention over a text as an artifact: labels, shares, probabilities, row by row.
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
    """The `window` ids before each place, padded with 0: (places, window)."""
    padded = np.concatenate([np.zeros(window, np.int64), np.asarray(ids, np.int64)])
    at = np.fromiter(places, dtype=np.int64)
    return np.asarray(padded[at[:, None] + np.arange(window)], dtype=np.int32)


def is_padding(rows: Ids) -> NDArray[np.bool_]:
    """Which slots come before the first token: (histories, window).

    An unknown token has the id 0 too, but stands after a known one; one that opens a
    single text cannot be told from padding.
    """
    return np.asarray(np.cumsum(rows != 0, axis=1) == 0)


def token_ids(vocabulary: Vocabulary, tokens: Iterable[Token]) -> list[int]:
    """The ids of tokens, 0 for padding and what is unknown."""
    return [
        0 if token.kind in {"pad", "unknown"} else vocabulary.ids.get(token.text, 0)
        for token in tokens
    ]


def predict_histories(model: LanguageModel, rows: Ids) -> NextTokenPrediction:
    """The model's answers to all histories, each distinct one asked once."""
    distinct, where = unique_rows(rows)
    parts = [model.predict(part) for part in split_batches(distinct)]
    probabilities = np.concatenate([part.probabilities for part in parts])
    weights = np.concatenate([part.weights for part in parts])
    return NextTokenPrediction(probabilities[where], weights[where])


def target_probability(
    model: LanguageModel, rows: Ids, targets: Ids
) -> NDArray[np.float64]:
    """Probability of `targets[i]` after `rows[i]`, (n,); see `probabilities`."""
    return token_probabilities(model, rows, np.asarray(targets)[:, None])[:, 0]


def token_probabilities(
    model: LanguageModel, rows: Ids, ids: Ids
) -> NDArray[np.float64]:
    """Probability of each of `ids[i]` (n, k) after `rows[i]`, (n, k).

    Holds the probabilities of one batch at a time, so any number may be asked.
    """
    distinct, where = unique_rows(rows)
    found = np.empty(ids.shape, dtype=np.float64)
    for number, part in enumerate(split_batches(distinct)):
        answers = model.predict(part).probabilities
        mine = np.flatnonzero(where // BATCH == number)
        found[mine] = answers[(where[mine] % BATCH)[:, None], ids[mine]]
    return found


def floored_log(values: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Natural logarithm of probabilities, which are taken as at least `FLOOR`."""
    return np.log(np.maximum(np.asarray(values, dtype=np.float64), FLOOR))


def unique_rows(rows: Ids) -> tuple[Ids, NDArray[np.intp]]:
    """Distinct rows, sorted, and which of them each row is."""
    distinct, where = np.unique(rows, axis=0, return_inverse=True)
    return distinct, where.reshape(-1)


def split_batches(rows: Ids) -> list[Ids]:
    """`rows` in parts of at most `BATCH`."""
    return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]


def to_float32(values: NDArray[np.floating[Any]]) -> Floats:
    """`values` in the precision of artifacts."""
    return np.asarray(values, dtype=np.float32)


PADDING = Token(PAD, "pad")


@dataclass(frozen=True, slots=True)
class TokenText:
    """Tokens from the opening mark on, with their ids."""

    tokens: tuple[Token, ...]
    ids: tuple[int, ...]

    def histories(self, places: Sequence[int], window: int) -> Ids:
        """What a model sees before each place, (places, window)."""
        return histories(self.ids, places, window)

    def history_tokens(
        self, places: Iterable[int], window: int
    ) -> tuple[tuple[Token, ...], ...]:
        """The tokens of `rows`, cut from the same places."""
        padded = (PADDING,) * window + self.tokens
        return tuple(padded[place : place + window] for place in places)


def read_text(vocabulary: Vocabulary, text: str, *, closed: bool = False) -> TokenText:
    """`text` after its opening mark, as a document; `closed` adds the closing one."""
    words = split_tokens(text, word_level=vocabulary.word_level)
    ends = opening_tokens(vocabulary)
    return build_text(vocabulary, ends, words, ends if closed else ())


def read_prefix(vocabulary: Vocabulary, prefix: str) -> TokenText:
    """A text to go on from, after its opening mark."""
    words = split_prefix(prefix, word_level=vocabulary.word_level)
    return build_text(vocabulary, opening_tokens(vocabulary), words)


def opening_tokens(vocabulary: Vocabulary) -> tuple[Token, ...]:
    """What stands before a text: its opening mark, nothing in a single text."""
    return () if vocabulary.mark is None else (Token(vocabulary.mark, "mark"),)


def build_text(
    vocabulary: Vocabulary,
    before: Iterable[Token],
    words: Iterable[str],
    after: Iterable[Token] = (),
) -> TokenText:
    """Words as the model knows them, or by name where it does not, between tokens."""
    known = vocabulary.ids.keys() - {vocabulary.mark}
    middle = (Token(word, "word" if word in known else "unknown") for word in words)
    tokens = (*before, *middle, *after)
    return TokenText(tokens, tuple(token_ids(vocabulary, tokens)))


def format_tokens(vocabulary: Vocabulary, tokens: Iterable[Token]) -> str:
    """Tokens as running text, marks and padding left out."""
    words = [token.text for token in tokens if token.kind in {"word", "unknown"}]
    return join_tokens(words, word_level=vocabulary.word_level)


def append_written(
    vocabulary: Vocabulary, prefix: Sequence[Token], ids: Iterable[int]
) -> TokenText:
    """What stood before, with the ids written after it."""
    tokens = (*prefix, *(vocabulary.token(int(index)) for index in ids))
    return TokenText(tokens, tuple(token_ids(vocabulary, tokens)))


def read_slot_scores(artifact: Artifact, name: str) -> SlotScores:
    """The text that `of:` names, at the first of its epochs.

    Raises `UnsupportedError` where the artifact holds no text.
    """
    if isinstance(artifact, Frames) and artifact.frames:
        return artifact.frames[0]
    if isinstance(artifact, SlotScores):
        return artifact
    raise UnsupportedError(
        f"of: {quote_text(name)} holds {type(artifact).__name__}; expected a text: "
        "name an artifact of the method writing or reading"
    )


def reread_text(model: LanguageModel, scores: SlotScores) -> tuple[TokenText, int]:
    """The text of an artifact for this model, and the place of its first step.

    What stood before the first step is its history, padding left out.
    """
    check_window(model, scores)
    before = tuple(token for token in scores.histories[0] if token.kind != "pad")
    tokens = before + scores.targets
    return TokenText(tokens, tuple(token_ids(model.vocabulary, tokens))), len(before)


def check_window(model: LanguageModel, scores: SlotScores) -> None:
    """Raise `UnsupportedError` unless the text was read through such a window."""
    found = {len(history) for history in scores.histories}
    if found != {model.window}:
        shown = " and ".join(str(size) for size in sorted(found)) or "no"
        raise UnsupportedError(
            f"of: the text was read {shown} slots at a time; expected the "
            f"{model.window} of this model: ask the model that wrote it"
        )


def encode_rows(scores: SlotScores, model: LanguageModel) -> tuple[Ids, Ids]:
    """Histories (steps, window) and targets (steps,) of a text, as the model's ids."""
    check_window(model, scores)
    rows = [token_ids(model.vocabulary, history) for history in scores.histories]
    targets = token_ids(model.vocabulary, scores.targets)
    return np.array(rows, dtype=np.int32), np.array(targets, dtype=np.int32)


def held_out_documents(
    context: Context, limit: int | None = None
) -> tuple[tuple[int, Document], ...]:
    """Held-out documents with their indices, at most `limit`, in their order.

    Which ones are taken depends on the seed and each document's index alone, so that a
    document more or less changes at most one other. Raises `CorpusError`.
    """
    documents = corpus_documents(context)
    held = context.model.log.held_out
    if not held:
        raise CorpusError(
            "no document is held out; expected some that the model was not trained "
            "on: give the model a share to validate on"
        )
    taken = choose_places(held, limit, context.seed)
    return tuple((index, documents[index]) for index in taken)


def training_documents(context: Context) -> tuple[Document, ...]:
    """The documents the model was trained on. Raises `CorpusError`."""
    log = context.model.log
    held = {*log.held_out, *log.tested}
    found = enumerate(corpus_documents(context))
    return tuple(document for index, document in found if index not in held)


def no_corpus_reason(model: ModelSpec) -> str | None:
    """Return why a model has no documents to take, or None where it has."""
    if model.corpus is not None:
        return None
    return "the model has no corpus to take documents of; name one as its corpus"


def corpus_documents(context: Context) -> tuple[Document, ...]:
    """All documents of the model's corpus. Raises `CorpusError`."""
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
    """At most `limit` of the places, sorted, each ranked by the seed and itself."""
    if limit is None or len(places) <= limit:
        return tuple(sorted(places))
    root = "/".join(map(str, seed))

    def rank(place: Place) -> bytes:
        return hashlib.sha256(f"chosen/{root}/{place}".encode()).digest()

    return tuple(sorted(sorted(places, key=rank)[:limit]))


QUANTITY = "attention weight"


def first_place(model: LanguageModel) -> int:
    """The place of a text's first token after its opening mark."""
    return 0 if model.vocabulary.mark is None else 1


def read_rows(
    model: LanguageModel, text: TokenText, places: range
) -> NextTokenPrediction:
    """The model's answers at some places of a text that is there already."""
    return predict_histories(model, text.histories(places, model.window))


def attention_rows(
    model: LanguageModel,
    text: TokenText,
    places: range,
    found: NextTokenPrediction,
    count: int,
    *checks: Check,
    prefix: str = "",
    temperature: float | None = None,
) -> SlotScores:
    """What the model gave at `places`, and what it saw. Raises `IntegrityError`.

    `found` is parallel to `places`; `count` is how many alternatives are kept.
    """
    targets = np.array([text.ids[place] for place in places])
    given = found.probabilities[np.arange(len(places)), targets]
    sound = attention_checks(found.weights, found.probabilities)
    return SlotScores(
        epoch=model.epoch,
        checks=verify_checks(*sound, *checks),
        targets=tuple(text.tokens[place] for place in places),
        histories=text.history_tokens(places, model.window),
        scores=to_float32(found.weights),
        probabilities=to_float32(given),
        quantity=QUANTITY,
        alternatives=top_alternatives(model.vocabulary, found.probabilities, count),
        prefix=prefix,
        temperature=temperature,
    )
