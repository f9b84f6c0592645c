"""Explanations read back, so that their model can be asked about the same texts again.

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
from pydantic import AfterValidator, Field

from generator.artifacts import AnchoredText, Artifact, ScoredText, Token
from generator.errors import ConfigError, quoted
from generator.methods.attributing import Case, unreadable
from generator.methods.base import Asked
from generator.methods.checks import largest
from generator.methods.classified import Question, predicted
from generator.methods.next_token import NextToken
from generator.methods.perturbing import Array
from generator.methods.ranked import Explanation, Row, rows_of
from generator.methods.windows import ids_of
from generator.models.attentive import Reader
from generator.models.classifiers import Classifier
from generator.models.language_models import LanguageModel

Reading = Callable[[Sequence[Token], str], tuple[int, ...]]
"""Ids of tokens, as a model knows them, and of what is asked about them."""


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    """`names`. Raises `ValueError` where one stands there twice."""
    if len(set(names)) < len(names):
        raise ValueError("one of them is named twice; name each once")
    return names


Names = Annotated[
    tuple[str, ...], Field(min_length=1, max_length=20), AfterValidator(_once)
]
"""Names of artifacts with explanations, each once."""
ALIKE = 1e-4
"""By how much a probability may differ from the artifact's: rounding, not a model."""
FLAT = 1e-6
"""Scores that differ by a smaller part of the largest differ by rounding."""
LEAST = 2
"""Tokens that can be put in an order."""


@dataclass(frozen=True)
class Explained:
    """One text of an explanation, and the prediction that it explains."""

    case: Case
    scores: Array  # (tokens,), NaN where not defined; of an anchor 1 in it, 0 outside
    signed: bool  # whether scores speak for the label, and not only have a size
    anchored: bool  # whether it is an anchor
    missing: str  # why there is no explanation, "" where there is

    @property
    def undefined(self) -> str:
        """Why there is nothing to grade, "" where there is."""
        why = self.missing or level(self.scores)
        if self.missing or not (why and self.anchored):
            return why
        return f"the anchor is {'the whole text' if self.scores.any() else 'empty'}"


def explained(asked: Asked, artifact: Artifact, name: str) -> tuple[Explained, ...]:
    """The texts of an explanation.

    Raises `UnsupportedError` where the artifact is none, `ConfigError` where the model
    that is asked is not the one explained.
    """
    rows = rows_of(artifact, name)
    assert isinstance(artifact, Explanation)  # noqa: S101 - else `rows_of` raises
    model, ids = reader(asked, artifact)
    if artifact.labels != model.labels:
        _refuse(name, f"explains a model of the labels {', '.join(artifact.labels)}")
    texts: Sequence[ScoredText | AnchoredText] = artifact.texts
    pairs = zip(texts, rows, strict=True)
    found = tuple(_explained(text, row, model, ids) for text, row in pairs)
    if found:
        _check([one.case for one in found], name)
    return found


def reader(asked: Asked, artifact: Explanation) -> tuple[Classifier, Reading]:
    """The model that an artifact explains, and how it reads tokens."""
    state = asked.model.at("best" if artifact.epoch is None else artifact.epoch)
    if isinstance(state, Reader):
        return state, lambda tokens, question: state.number(
            [token.text for token in tokens], question
        )
    if not isinstance(state, LanguageModel):
        words = state.words
        return state, lambda tokens, _: words.encode(token.text for token in tokens)
    vocabulary = state.vocabulary
    (target,) = ids_of(vocabulary, [Token(artifact.labels[-1])])
    return NextToken(state, target), lambda tokens, _: tuple(ids_of(vocabulary, tokens))


def left_out(texts: Iterable[str], name: str) -> Iterator[str]:
    """A note for each reason why texts of an artifact are not graded."""
    for reason, count in sorted(Counter(filter(None, texts)).items()):
        yield f"{name}: {count:,} left out: {reason}"


def same(epochs: Iterable[int | None]) -> int | None:
    """The epoch of all, None where they differ."""
    found = set(epochs)
    return found.pop() if len(found) == 1 else None


def _explained(
    text: ScoredText | AnchoredText, row: Row, model: Classifier, ids: Reading
) -> Explained:
    tokens = tuple(token for token in text.tokens if token.kind != "pad")
    about = text.question if isinstance(text, ScoredText) else ""
    question = Question(
        tokens, ids(tokens, about), document=text.document, question=about
    )
    label = int(predicted(text.probabilities))
    if text.label:
        label = model.labels.index(text.label)
    anchored = isinstance(text, AnchoredText)
    scores = (row.scores > 0).astype(np.float64) if anchored else row.scores
    return Explained(
        case=Case(model, question, label, text.probabilities),
        scores=scores,
        signed=anchored or bool(row.label),
        anchored=anchored,
        missing=text.undefined or unreadable(tokens, LEAST),
    )


def level(scores: Array) -> str:
    """Why scores put tokens in no order, "" where they do."""
    real = scores[np.isfinite(scores)]
    if real.size < LEAST:
        return f"{real.size} of {scores.size} tokens have a score"
    flat = np.ptp(real) <= FLAT * np.abs(real).max()
    return "all scores are equal" if flat else ""


def _check(cases: Sequence[Case], name: str) -> None:
    """Raises `ConfigError` unless the model answers as the artifact says."""
    model = cases[0].model
    if any(case.size > model.max_tokens for case in cases):
        _refuse(name, f"explains texts of more than {model.max_tokens} tokens")
    found = model.predict([case.question.ids for case in cases])
    off = largest(np.abs(found - [case.probabilities for case in cases]))
    if off > ALIKE:
        _refuse(
            name, f"explains other answers than this model gives (off by {off:.3g})"
        )


def _refuse(name: str, why: str) -> NoReturn:
    raise ConfigError(
        f"of: {quoted(name)} {why}; expected an explanation of this model: name the "
        "model that it explains"
    )
