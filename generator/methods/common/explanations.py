"""Explanations read back from artifacts, as rows of words and as predictions to repeat.

As rows (`explanation_rows`) they are the words of each text and a score for each word,
padding left out, which is all that comparing explanations needs. An anchor is a row
too:
the word that was added first has the largest score, each later one a smaller one, and
all
words outside it share the score 0.

As predictions (`read_explanations`) their model can be applied to the same texts again.
An
artifact holds words and scores, not the model's input, so the input is rebuilt from the
words; that the model predicts what the artifact says is checked, so that no explanation
is
graded on another model than its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, NoReturn, Protocol, TypeVar

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
from generator.core.wording import format_count
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


class HasDocument(Protocol):
    """A text that is a document of the corpus, or one that an author gave."""

    @property
    def document(self) -> int | None:
        """Its number in the corpus, None for a given text."""
        ...


Text = TypeVar("Text", bound=HasDocument)
Explanation = TokenScores | Anchors
Span = tuple[int, int]


@dataclass(frozen=True)
class ExplanationRow:
    """One text of an explanation.

    `label` is what the scores speak for, one of the model's `labels`; "" where they
    only have
    a size.
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
    """Return the texts of an explanation as rows.

    Args:
        artifact: Token scores, anchors, or alignments.
        name: Its name in the study file, for the message.
        matrices: Whether target tokens of scores over a source are rows too.

    Returns:
        A row per text, or per target token.

    Raises:
        UnsupportedError: The artifact is no explanation.
    """
    if isinstance(artifact, TokenScores):
        return tuple(row_of_scores(text, artifact) for text in artifact.texts)
    if isinstance(artifact, Anchors):
        return tuple(row_of_anchor(text, artifact) for text in artifact.texts)
    if isinstance(artifact, Alignments) and matrices:
        return tuple(rows_of_alignment(artifact))
    raise UnsupportedError(
        f"of: {quote_text(name)} holds no scores of words; name an artifact of "
        "attention, an attribution such as lime, or anchors"
    )


def row_of_scores(text: ScoredText, of: TokenScores) -> ExplanationRow:
    """Return a scored text as a row, padding left out."""
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
    """Return an anchored text as a row, its anchor's words before all others."""
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
    """Yield a row for every target token of every text, over the source's tokens.

    The target token stands before the words, so that rows of other targets are not
    taken for
    the same.
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
    """Return whether the most probable label is the text's own, None if unknown."""
    if not text.truth or len(labels) != len(text.probabilities):
        return None
    return labels[int(np.argmax(text.probabilities))] == text.truth


def explained_quantity(of: Artifact) -> str:
    """Return what an explanation gives its words."""
    return of.quantity if isinstance(of, TokenScores | Alignments) else "anchor"


TokenReader = Callable[[Sequence[Token], str, int | None], tuple[int, ...]]
"""Ids of tokens as a model knows them, from what is asked and their document."""


def _check_unique(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return `names` if each is there once.

    Raises:
        ValueError: A name is there twice.
    """
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
    def document(self) -> int | None:
        """The number of its document, None for a text that the author gave."""
        return self.case.question.document

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
    """Rebuild the predictions that an explanation explains.

    Args:
        context: The model that should have been explained.
        artifact: Token scores or anchors.
        name: Its name in the study file, for messages.

    Returns:
        One per text of the artifact.

    Raises:
        UnsupportedError: The artifact is no explanation.
        ConfigError: The model does not predict what the artifact says.
    """
    rows = explanation_rows(artifact, name)
    assert isinstance(artifact, Explanation)  # noqa: S101 - `explanation_rows` has refused all others
    model, ids = find_token_reader(context, artifact)
    if artifact.labels != model.labels:
        _refuse(name, f"explains a model of the labels {', '.join(artifact.labels)}")
    texts: Sequence[ScoredText | AnchoredText] = artifact.texts
    pairs = zip(texts, rows, strict=True)
    explanations = tuple(
        _read_explanation(text, row, model, ids) for text, row in pairs
    )
    if explanations:
        _check_answers([each.case for each in explanations], name)
    return explanations


def select_sampled(texts: Sequence[Text]) -> tuple[Text, ...]:
    """Return the texts that an estimate is over: documents, if there are any.

    A text that an author gave was chosen and is no draw from the corpus, so that an
    interval over both would speak for neither.

    Args:
        texts: Texts of one artifact.
    """
    documents = tuple(text for text in texts if text.document is not None)
    return documents or tuple(texts)


def document_ids(texts: Sequence[HasDocument]) -> list[int] | None:
    """Return the number of each text's document, None where one is no document."""
    ids = [text.document for text in texts]
    return None if None in ids else [number for number in ids if number is not None]


def describe_given(every: Mapping[str, Sequence[HasDocument]]) -> Iterator[str]:
    """Yield notes on texts that the author gave: left out, or all that there are.

    Args:
        every: Texts by the name of their artifact.

    Yields:
        Each note once, with the names of artifacts where it is not about all.
    """
    by_note: dict[str, list[str]] = {}
    for name, texts in every.items():
        given = sum(text.document is None for text in texts)
        them = f"{given:,} text{'s' * (given > 1)} that the author gave"
        if 0 < given < len(texts):
            note = f"{them} left out of estimates over documents"
            by_note.setdefault(note, []).append(name)
        elif given:
            note = f"over {them}, so that the estimates speak for no others"
            by_note.setdefault(note, []).append(name)
    for note, names in by_note.items():
        yield note if len(names) == len(every) else f"{note} ({', '.join(names)})"


def find_token_reader(
    context: Context, artifact: Explanation
) -> tuple[Classifier, TokenReader]:
    """Return the classifier that an artifact explains, and how it reads tokens."""
    state = context.model.at("best" if artifact.epoch is None else artifact.epoch)
    if isinstance(state, StoryReader):
        return state, lambda tokens, question, _: state.number_sentences(
            [token.text for token in tokens], question
        )
    if not isinstance(state, LanguageModel):
        return state, lambda tokens, _, number: state.words.encode_tokens(
            [token.text for token in tokens], list_texts(context, number)
        )
    vocabulary = state.vocabulary
    (target,) = token_ids(vocabulary, [Token(artifact.labels[-1])])
    return NextTokenClassifier(state, target), lambda tokens, *_: tuple(
        token_ids(vocabulary, tokens)
    )


def list_texts(context: Context, document: int | None) -> tuple[str, ...]:
    """List the texts of which one may stand behind tokens of an artifact.

    Args:
        context: The corpus, and the methods whose artifacts are read.
        document: The number of the document, None for a text that the author wrote.
    """
    if document is None:
        typed = (one.method.list_typed_texts() for one in context.producers)
        return tuple(text for texts in typed for text in texts)
    documents = context.corpus.documents if context.corpus else ()
    return tuple(one.text for one in documents[document : document + 1])


def describe_left_out(texts: Iterable[str], name: str) -> Iterator[str]:
    """Yield a note for each reason why texts of an artifact are not graded.

    Args:
        texts: A reason per text, "" where it is graded.
        name: Name of the artifact.
    """
    for reason, count in sorted(Counter(filter(None, texts)).items()):
        yield f"{name}: {format_count(count, 'text')} left out: {reason}"


def common_epoch(epochs: Iterable[int | None]) -> int | None:
    """Return the epoch that all share, None where they differ."""
    distinct = set(epochs)
    return distinct.pop() if len(distinct) == 1 else None


def _read_explanation(
    text: ScoredText | AnchoredText,
    row: ExplanationRow,
    model: Classifier,
    ids: TokenReader,
) -> TextExplanation:
    tokens = tuple(token for token in text.tokens if token.kind != "pad")
    about = text.question if isinstance(text, ScoredText) else ""
    question = InputText(
        tokens,
        ids(tokens, about, text.document),
        document=text.document,
        question=about,
        unit=model.words.unit,
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
        missing=text.undefined or unreadable_reason(question, LEAST),
    )


def level_reason(scores: Array) -> str:
    """Return why scores put tokens in no order, "" where they do.

    Args:
        scores: (tokens,), NaN where not defined.
    """
    real = scores[np.isfinite(scores)]
    if real.size < LEAST:
        return f"only {real.size} of {format_count(scores.size, 'token')} scored"
    flat = np.ptp(real) <= FLAT * np.abs(real).max()
    return "all scores are equal" if flat else ""


def _check_answers(cases: Sequence[ExplainedPrediction], name: str) -> None:
    """Check that the model predicts what the artifact says.

    Raises:
        ConfigError: It predicts something else, or cannot read so long a text.
    """
    model = cases[0].model
    if any(case.size > model.max_tokens for case in cases):
        _refuse(name, f"explains texts of more than {model.max_tokens} tokens")
    probabilities = model.predict([case.question.ids for case in cases])
    off = largest_error(np.abs(probabilities - [case.probabilities for case in cases]))
    if off > ALIKE:
        _refuse(
            name, f"explains other answers than this model gives (off by {off:.3g})"
        )


def _refuse(name: str, why: str) -> NoReturn:
    raise ConfigError(
        f"of: {quote_text(name)} {why}; expected an explanation of this model: name the "
        "model that it explains"
    )
