"""Explanations as plain rows: the words of each text, and a score for each word.

What grades explanations, or compares them, asks nothing else of them. Padding is left
out. An anchor is a row too: the word that was added first has the largest score, each
later one a smaller one, and all words outside it share the score 0.

Explanations read back, so that their model can be asked about the same texts again.

An artifact holds words and scores, not the question that was asked. From its words the
question is put again; that the model answers it as the artifact says is checked, so
that no explanation is graded on another model than its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, NoReturn

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from generator.artifacts import (
    Alignments,
    AnchoredText,
    Anchors,
    Artifact,
    ScoredText,
    TokenScores,
)
from generator.core.errors import ConfigError, UnsupportedError, quote_text
from generator.core.tokens import Token
from generator.methods.base import Context
from generator.methods.common.checks import largest_error
from generator.methods.common.classifier_texts import InputText, predicted_labels
from generator.methods.common.explained_predictions import (
    ExplainedPrediction,
    NextTokenClassifier,
    unreadable_reason,
)
from generator.methods.common.language_model_texts import token_ids
from generator.models.capabilities import Classifier, LanguageModel, StoryReader

Array = NDArray[np.float64]
Explanation = TokenScores | Anchors
Span = tuple[int, int]


@dataclass(frozen=True)
class ExplanationRow:
    """One text of an explanation.

    `label` is what the scores speak for, one of the model's `labels`; "" where they
    only have a size.
    """

    words: tuple[str, ...]
    scores: Array  # (words,), NaN where not defined
    label: str
    labels: tuple[str, ...]
    rationale: tuple[Span, ...]
    document: int | None
    right: bool | None  # whether the model gave the text's own label, None if unknown
    undefined: str  # why there are no scores, "" where there are
    text: int | None = None  # of a matrix: which text this target token is of, from 1

    @property
    def sizes(self) -> Array:
        """Scores without their signs, (words,)."""
        return np.abs(self.scores)


def explanation_rows(
    artifact: Artifact, name: str, *, matrices: bool = False
) -> tuple[ExplanationRow, ...]:
    """The texts of an explanation. Raises `UnsupportedError` where it is none.

    With `matrices`, the target tokens of scores over a source are rows too.
    """
    if isinstance(artifact, TokenScores):
        return tuple(row_of_scores(text, artifact) for text in artifact.texts)
    if isinstance(artifact, Anchors):
        return tuple(row_of_anchor(text, artifact) for text in artifact.texts)
    if isinstance(artifact, Alignments) and matrices:
        return tuple(rows_of_alignment(artifact))
    raise UnsupportedError(
        f"of: {quote_text(name)} holds {type(artifact).__name__}; expected scores of "
        "words: name an artifact of a method that gives TokenScores or Anchors"
    )


def row_of_scores(text: ScoredText, of: TokenScores) -> ExplanationRow:
    """A text with its scores, padding left out."""
    real = np.array([token.kind != "pad" for token in text.tokens], dtype=np.bool_)
    return ExplanationRow(
        words=tuple(token.text for token in text.tokens if token.kind != "pad"),
        scores=text.scores.astype(np.float64)[real],
        label=text.label if of.signed else "",
        labels=of.labels,
        rationale=text.rationale,
        document=text.document,
        right=is_text_right(text, of.labels),
        undefined=text.undefined,
    )


def row_of_anchor(text: AnchoredText, of: Anchors) -> ExplanationRow:
    """A text with its anchor's words before all others."""
    scores = np.zeros(len(text.tokens))
    scores[list(text.anchor)] = np.arange(len(text.anchor), 0, -1)
    return ExplanationRow(
        words=tuple(token.text for token in text.tokens),
        scores=scores,
        label="",
        labels=of.labels,
        rationale=text.rationale,
        document=text.document,
        right=is_text_right(text, of.labels),
        undefined=text.undefined,
    )


def rows_of_alignment(of: Alignments) -> Iterator[ExplanationRow]:
    """Every target token of every text, the source's tokens being its words.

    The target token stands before them, so that rows of other targets are not taken
    for the same.
    """
    for number, text in enumerate(of.texts, 1):
        sources = [token.text for token in text.sources]
        for target, scores in zip(text.targets, text.scores, strict=True):
            yield ExplanationRow(
                words=(target.text, *sources),
                scores=scores.astype(np.float64),
                label="its target token" if of.signed else "",
                labels=(),
                rationale=(),
                document=text.document,
                right=None,
                undefined="" if np.isfinite(scores).any() else "no score is defined",
                text=number,
            )


def is_text_right(
    text: ScoredText | AnchoredText, labels: Sequence[str]
) -> bool | None:
    """Whether the most probable label is the text's own, None where that is unknown."""
    if not text.truth or len(labels) != len(text.probabilities):
        return None
    return labels[int(np.argmax(text.probabilities))] == text.truth


def explained_quantity(of: Artifact) -> str:
    """What an explanation gives its words."""
    return of.quantity if isinstance(of, TokenScores | Alignments) else "anchor"


TokenReader = Callable[[Sequence[Token], str], tuple[int, ...]]
"""Ids of tokens, as a model knows them, and of what is asked about them."""


def _check_unique(names: tuple[str, ...]) -> tuple[str, ...]:
    """`names`. Raises `ValueError` where one stands there twice."""
    if len(set(names)) < len(names):
        raise ValueError("one of them is named twice; name each once")
    return names


Names = Annotated[
    tuple[str, ...], Field(min_length=1, max_length=20), AfterValidator(_check_unique)
]
"""Names of artifacts with explanations, each once."""
ALIKE = 1e-4
"""By how much a probability may differ from the artifact's: rounding, not a model."""
FLAT = 1e-6
"""Scores that differ by a smaller part of the largest differ by rounding."""
LEAST = 2
"""Tokens that can be put in an order."""


@dataclass(frozen=True)
class TextExplanation:
    """One text of an explanation, and the prediction that it explains."""

    case: ExplainedPrediction
    scores: Array  # (tokens,), NaN where not defined; of an anchor 1 in it, 0 outside
    signed: bool  # whether scores speak for the label, and not only have a size
    anchored: bool  # whether it is an anchor
    missing: str  # why there is no explanation, "" where there is

    @property
    def undefined_reason(self) -> str:
        """Why there is nothing to grade, "" where there is."""
        why = self.missing or level_reason(self.scores)
        if self.missing or not (why and self.anchored):
            return why
        return f"the anchor is {'the whole text' if self.scores.any() else 'empty'}"


def read_explanations(
    context: Context, artifact: Artifact, name: str
) -> tuple[TextExplanation, ...]:
    """The texts of an explanation.

    Raises `UnsupportedError` where the artifact is none, `ConfigError` where the model
    that is asked is not the one explained.
    """
    rows = explanation_rows(artifact, name)
    assert isinstance(artifact, Explanation)  # noqa: S101 - else `rows_of` raises
    model, ids = find_token_reader(context, artifact)
    if artifact.labels != model.labels:
        _refuse(name, f"explains a model of the labels {', '.join(artifact.labels)}")
    texts: Sequence[ScoredText | AnchoredText] = artifact.texts
    pairs = zip(texts, rows, strict=True)
    found = tuple(_read_explanation(text, row, model, ids) for text, row in pairs)
    if found:
        _check_answers([one.case for one in found], name)
    return found


def find_token_reader(
    context: Context, artifact: Explanation
) -> tuple[Classifier, TokenReader]:
    """The model that an artifact explains, and how it reads tokens."""
    state = context.model.at("best" if artifact.epoch is None else artifact.epoch)
    if isinstance(state, StoryReader):
        return state, lambda tokens, question: state.number_sentences(
            [token.text for token in tokens], question
        )
    if not isinstance(state, LanguageModel):
        words = state.words
        return state, lambda tokens, _: words.encode(token.text for token in tokens)
    vocabulary = state.vocabulary
    (target,) = token_ids(vocabulary, [Token(artifact.labels[-1])])
    return NextTokenClassifier(state, target), lambda tokens, _: tuple(
        token_ids(vocabulary, tokens)
    )


def describe_left_out(texts: Iterable[str], name: str) -> Iterator[str]:
    """A note for each reason why texts of an artifact are not graded."""
    for reason, count in sorted(Counter(filter(None, texts)).items()):
        yield f"{name}: {count:,} left out: {reason}"


def common_epoch(epochs: Iterable[int | None]) -> int | None:
    """The epoch of all, None where they differ."""
    found = set(epochs)
    return found.pop() if len(found) == 1 else None


def _read_explanation(
    text: ScoredText | AnchoredText,
    row: ExplanationRow,
    model: Classifier,
    ids: TokenReader,
) -> TextExplanation:
    tokens = tuple(token for token in text.tokens if token.kind != "pad")
    about = text.question if isinstance(text, ScoredText) else ""
    question = InputText(
        tokens, ids(tokens, about), document=text.document, question=about
    )
    label = int(predicted_labels(text.probabilities))
    if text.label:
        label = model.labels.index(text.label)
    anchored = isinstance(text, AnchoredText)
    scores = (row.scores > 0).astype(np.float64) if anchored else row.scores
    return TextExplanation(
        case=ExplainedPrediction(model, question, label, text.probabilities),
        scores=scores,
        signed=anchored or bool(row.label),
        anchored=anchored,
        missing=text.undefined or unreadable_reason(tokens, LEAST),
    )


def level_reason(scores: Array) -> str:
    """Why scores put tokens in no order, "" where they do."""
    real = scores[np.isfinite(scores)]
    if real.size < LEAST:
        return f"{real.size} of {scores.size} tokens have a score"
    flat = np.ptp(real) <= FLAT * np.abs(real).max()
    return "all scores are equal" if flat else ""


def _check_answers(cases: Sequence[ExplainedPrediction], name: str) -> None:
    """Raises `ConfigError` unless the model answers as the artifact says."""
    model = cases[0].model
    if any(case.size > model.max_tokens for case in cases):
        _refuse(name, f"explains texts of more than {model.max_tokens} tokens")
    found = model.predict([case.question.ids for case in cases])
    off = largest_error(np.abs(found - [case.probabilities for case in cases]))
    if off > ALIKE:
        _refuse(
            name, f"explains other answers than this model gives (off by {off:.3g})"
        )


def _refuse(name: str, why: str) -> NoReturn:
    raise ConfigError(
        f"of: {quote_text(name)} {why}; expected an explanation of this model: name the "
        "model that it explains"
    )
