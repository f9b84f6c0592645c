"""Scores of tokens that another program computed, brought as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, PrivateAttr, field_validator

from generator.artifacts import Check, ScoredText, TokenScores
from generator.core import files
from generator.core.errors import ConfigError, SettingError, quote_text, suggest_nearest
from generator.core.spec import LINE_LIMIT, LineText, RelativePath
from generator.core.tokens import Token
from generator.corpora.base import Document
from generator.corpora.words import UNKNOWN_ID, WordVocabulary
from generator.methods.attribution.given_files import (
    ENDINGS,
    GivenText,
    read_given_texts,
)
from generator.methods.base import Context, Method
from generator.methods.common.checks import probability_checks, verify_checks
from generator.methods.common.classifier_texts import InputText, predicted_labels
from generator.methods.common.language_model_texts import to_float32
from generator.models.base import Epoch, Floats, ModelSpec
from generator.models.capabilities import Classifier, StoryReader
from generator.models.external import ExternalModel

GivenModel = Classifier | ExternalModel
"""What scores can be about."""
DIFFERENCE = 0.01
"""How far a probability of the file may be from the model's."""


class GivenScores(Method):
    """Scores of tokens that another program computed for a classifier's predictions.

    1. The file holds texts: the tokens of each, a score for each token, and where they
       are known the label that scores speak for, the probabilities of the labels, the
       text's own label, and which document of the corpus it is, from 0. It is JSON (a
       list of objects, or an object with `texts`), JSON Lines, CSV or TSV (a row for each
       token, with the columns `text`, `token` and `score`), or NPZ (`tokens`, `scores`
       and `lengths`). What neat-vision draws is read as it is.
    2. Nothing is scaled: scores are drawn as they are given, on the scale of the largest.
    3. Where the model can be asked, it is asked about the same tokens, and what it says
       stands beside the scores; where the file has probabilities too, they may differ by
       0.01 at most, as scores of another model say nothing about this one. A model of
       kind `external` cannot be asked, and the file must have the probabilities.
    4. A text that is a document has the tokens of that document, and its rationale, where
       the corpus knows one.

    How the scores were computed is not known here, nor can it be checked: `source` says
    it. Whether they are faithful, agree with others or find the rationale is measured as
    of the methods here. They cannot be computed again for other texts, so how stable they
    are does not show.

    Source: the file's own, which the study names; the format of texts with `posterior` and
    `attention` is that of neat-vision, by Baziotis (2018).
    """

    gives: ClassVar = TokenScores
    method: Literal["given"]
    path: RelativePath
    """The file, in the study's folder."""
    quantity: LineText = "given score"
    """What a score is, as it is to be printed."""
    measured_in: str = Field(default="", max_length=40, exclude_if="".__eq__)
    """In what it is measured; "" for a share or a number without one."""
    signed: bool = True
    """Whether scores speak for the label above 0 and against it below."""
    source: str = Field(default="", max_length=LINE_LIMIT, exclude_if="".__eq__)
    """What computed them, such as a program with its version."""
    labels: tuple[str, ...] = Field(default=(), exclude_if=().__eq__)
    """What the file's numbers of labels stand for, from 0; the model's where none."""
    epoch: Epoch = "best"
    """The snapshot that is asked."""

    _folder: Path | None = PrivateAttr(default=None)

    @field_validator("path")
    @classmethod
    def _check_ending(cls, path: str) -> str:
        if not path.lower().endswith(ENDINGS):
            raise ValueError(f"must end in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
        return path

    def snapshots(self) -> tuple[Epoch, ...]:
        """Return the snapshot that is asked."""
        return (self.epoch,)

    def with_folder(self, folder: Path) -> Self:
        """Return a copy with the study's folder, where its file lies."""
        copy = self.model_copy()
        copy._folder = folder  # noqa: SLF001 - of its own class
        return copy

    def foreign_key(self) -> str:
        """Return the hash of its file."""
        return files.digest(self._read())

    def _read(self) -> bytes:
        if self._folder is None:
            raise ConfigError("path: the study's folder is not known")
        path = self._folder
        for part in Path(self.path).parts:
            path /= part
            if path.is_symlink():
                raise SettingError(
                    ("path",), f"{quote_text(self.path)} is a link; put the file there"
                )
        if not path.is_file():
            raise SettingError(
                ("path",),
                f"there is no {quote_text(self.path)} in the study's folder; put the "
                "file there",
            )
        return files.read_regular_file(path)

    def check_files(self) -> None:
        """Check that its file is one of scores."""
        read_given_texts(self._read(), self.path)

    def unsuitable_reason(self, model: ModelSpec) -> str | None:
        """Return why it cannot be about a model: it must be a classifier of texts."""
        stories = StoryReader in model.capabilities()
        if (Classifier in model.capabilities() and not stories) or (
            model.kind == "external"
        ):
            return None
        return (
            "given scores are about a classifier of texts; name one, or a model of "
            "kind external"
        )

    def collect(self, context: Context) -> TokenScores:
        """Read the scores, and ask the model about the same tokens; see the base."""
        given = read_given_texts(self._read(), self.path)
        model: GivenModel = context.model.at(self.epoch)
        documents = context.corpus.documents if context.corpus else ()
        questions = tuple(_read_question(model, one, documents) for one in given)
        rows = self._find_probabilities(model, given, questions)
        texts = tuple(
            self._scored_text(model, *each)
            for each in zip(given, questions, rows, strict=True)
        )
        return TokenScores(
            epoch=model.epoch,
            checks=verify_checks(*_check_sums(np.array(rows))),
            texts=texts,
            labels=model.labels,
            quantity=self.quantity,
            unit=self.measured_in,
            signed=self.signed,
            notes=self._notes(model),
        )

    def _find_probabilities(
        self,
        model: GivenModel,
        given: Sequence[GivenText],
        questions: Sequence[InputText],
    ) -> list[Floats]:
        """Return the model's probabilities (labels,) of each text, or the file's.

        Raises:
            ConfigError: The file has none of a model that cannot be asked, or others
                than the model.
        """
        stated = [self._order_probabilities(one, model.labels) for one in given]
        if not isinstance(model, Classifier):
            for one, row in zip(given, stated, strict=True):
                if row is None:
                    raise ConfigError(
                        f"{one.place}: gives no probabilities, and its model cannot be "
                        "asked; give them, or bring the model by kind: function"
                    )
            return [row for row in stated if row is not None]
        asked = list(model.predict([question.ids for question in questions]))
        for one, row, ours in zip(given, stated, asked, strict=True):
            if row is not None and np.abs(row - ours).max() > DIFFERENCE:
                shown = (", ".join(f"{value:.4g}" for value in x) for x in (row, ours))
                raise ConfigError(
                    f"{one.place}: has the probabilities {' where the model gives '.join(shown)}; "
                    "these are scores of another model, or of other tokens"
                )
        return asked

    def _order_probabilities(
        self, one: GivenText, labels: tuple[str, ...]
    ) -> Floats | None:
        """Return a text's probabilities in the order of the model's labels."""
        found = one.probabilities
        if found is None:
            return None
        names = self.labels or labels
        if isinstance(found, tuple):
            if len(found) != len(names):
                raise ConfigError(
                    f"{one.place}: {len(found)} probabilities; expected {len(names)}, "
                    f"of {', '.join(names)}"
                )
            found = dict(zip(names, found, strict=True))
        if {*found} != {*labels}:
            raise ConfigError(
                f"{one.place}: probabilities of {', '.join(found)}; the model's labels "
                f"are {', '.join(labels)}"
            )
        return np.array([found[label] for label in labels], np.float32)

    def _scored_text(
        self, model: GivenModel, one: GivenText, question: InputText, row: Floats
    ) -> ScoredText:
        label = self._find_label(one.label, model.labels, one.place)
        predicted = model.labels[int(predicted_labels(row))]
        blank = not np.isfinite(one.scores).any()
        return ScoredText(
            tokens=question.tokens,
            scores=to_float32(one.scores),
            probabilities=to_float32(row),
            label=(label or predicted) if self.signed else "",
            truth=self._find_label(one.truth, model.labels, one.place)
            or question.truth,
            rationale=question.rationale,
            document=one.document,
            undefined="the file gives no score" if blank else "",
        )

    def _find_label(
        self, given: str | int | None, labels: tuple[str, ...], place: str
    ) -> str:
        """Return a label by its name or number, "" for none."""
        if given is None:
            return ""
        names = self.labels or labels
        if isinstance(given, int) and str(given) not in names:
            if not 0 <= given < len(names):
                raise ConfigError(
                    f"{place}: label {given}; expected 0 to {len(names) - 1}, as there "
                    f"are {', '.join(names)}"
                )
            given = names[given]
        if str(given) not in labels:
            raise ConfigError(
                f"{place}: the model has no label {quote_text(str(given))}; "
                f"{suggest_nearest(str(given), labels)}"
            )
        return str(given)

    def _notes(self, model: GivenModel) -> tuple[str, ...]:
        by = f"by {self.source}" if self.source else "elsewhere"
        notes = [f"scores were computed {by} and brought as {self.path}"]
        if not isinstance(model, Classifier):
            notes.append("probabilities are the file's; the model cannot be asked here")
        return tuple(notes)


def _read_question(
    model: GivenModel, one: GivenText, documents: Sequence[Document]
) -> InputText:
    """Return a given text as the model reads its tokens.

    Raises:
        ConfigError: It is no document of the corpus, or not this one.
    """
    words = model.words if isinstance(model, Classifier) else WordVocabulary(())
    if one.document is None:
        return _make_input(model, one, words.encode_tokens(one.tokens, ()))
    if not 0 <= one.document < len(documents):
        raise ConfigError(
            f"{one.place}: document {one.document}; expected 0 to "
            f"{len(documents) - 1}, the documents of the corpus"
            if documents
            else f"{one.place}: document {one.document}, and the model has no corpus"
        )
    document = documents[one.document]
    pieces = words.split(document.text)[: len(one.tokens)]
    theirs = [token.text.lower() for token in words.tokens(pieces)]
    for place, token in enumerate(one.tokens):
        if place >= len(theirs) or token.lower() != theirs[place]:
            other = quote_text(theirs[place]) if place < len(theirs) else "nothing"
            raise ConfigError(
                f"{one.place}: token {place + 1} is {quote_text(token)} where document "
                f"{one.document} has {other}; give its tokens, or leave out document"
            )
    question = _make_input(model, one, words.encode_tokens(one.tokens, [document.text]))
    spans = words.map_spans(document.text, document.rationale)
    size = len(one.tokens)
    return replace(
        question,
        truth=document.label or "",
        rationale=tuple((a, min(b, size)) for a, b in spans if a < size),
    )


def _make_input(model: GivenModel, one: GivenText, ids: tuple[int, ...]) -> InputText:
    known = not isinstance(model, Classifier)
    return InputText(
        tokens=tuple(
            Token(text, "word" if known or number != UNKNOWN_ID else "unknown")
            for text, number in zip(one.tokens, ids, strict=True)
        ),
        ids=ids,
        document=one.document,
    )


def _check_sums(rows: Floats) -> tuple[Check, ...]:
    """Check that probabilities are some, to the digits that files have."""
    exact = probability_checks(rows)
    return tuple(
        replace(check, tolerance=max(check.tolerance, 1e-3)) for check in exact
    )
