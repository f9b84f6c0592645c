"""A function that an author brings: any program that gives texts probabilities.

1. `predict(texts)` gets a list of texts and gives an array (texts, labels) of
   probabilities. Whatever it rests on, such as weights or a vocabulary, are files
   beside it that the study declares.
2. A text is given as it is written. Its tokens are its words, or what the author's
   `tokenize(text)` finds. Where a method hides one, it is taken out with the space that
   follows it, or `mask` stands in its place.
3. `attention(texts)` may give the attention weights of each text's tokens, which sum
   to 1.
4. The function was trained elsewhere, and what it has learnt from is not known here:
   documents that it is asked about count as held out because its author says so.

It runs in a process of its own, with limits, and only after somebody has trusted its
files on this machine. Equal texts are asked once, and a text is asked again now and
then: a function that answers otherwise each time is refused.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, PrivateAttr, field_validator, model_validator

from generator.core import files
from generator.core.errors import (
    ConfigError,
    IntegrityError,
    SettingError,
    format_some_names,
    quote_text,
)
from generator.core.progress import Progress
from generator.core.spec import LabelText, RelativePath
from generator.corpora.base import Annotation, Corpus, Folders, split_corpus
from generator.corpora.words import Unit
from generator.models import base
from generator.models.base import Epoch, ModelSpec, TrainedModel, TrainingLog
from generator.models.capabilities import Attentive, Classifier, Randomisable
from generator.models.function.model import (
    AttentiveFunction,
    FunctionClassifier,
    TokenizedPieces,
)
from generator.models.function.pieces import PieceVocabulary
from generator.models.function.process import (
    FunctionFiles,
    FunctionLimits,
    FunctionProcess,
)

FILE_NAMES = ("log.json", "model.json", "vocabulary.json")
PROBED = 8
"""Texts that are asked together and alone before anything else is."""
PIECES_LIMIT = 50_000
"""Pieces of the corpus that a random word is drawn from."""
FILES_LIMIT = 1000
"""Files that a function may declare, with those in folders."""
NOT_IN_KEY = {"seconds", "memory", "batch", "corpus"}
"""Settings that change no answer."""


class FunctionRecipe(ModelSpec):
    """A function of the author's, which is asked and not trained."""

    version: ClassVar[int] = 1
    offers: ClassVar[tuple[type, ...]] = (Classifier, Attentive)
    expects: ClassVar[frozenset[Annotation]] = frozenset({Annotation.LABEL})
    kind: Literal["function"]
    corpus: str | None = None
    """Name of the corpus whose documents it is asked about; null for typed texts."""
    epochs: Literal[1] = 1
    """It is there as it is: epoch 1 is the function."""
    file: RelativePath
    """The Python file, in the study's folder or in the project's."""
    function: str = "predict"
    """Its function that gives the probabilities (texts, labels) of a list of texts."""
    tokenize: str | None = None
    """Its function that gives the tokens of a text, parts of it in order."""
    attention: str | None = None
    """Its function that gives the attention weights of each text's tokens."""
    files: tuple[RelativePath, ...] = Field(default=(), max_length=100)
    """What else it reads or imports: files and folders, beside the file."""
    release: str = Field(default="", max_length=100, alias="version")
    """In a study file `version`: what the author changes where the function answers
    otherwise for a reason that its files do not show, such as another package."""
    labels: tuple[LabelText, ...] = Field(default=(), max_length=1000)
    """What its columns stand for, in their order; those of the corpus where none."""
    mask: str = Field(default="remove", min_length=1, max_length=50)
    """What becomes of a hidden token: `remove`, or what stands in its place."""
    unit: Unit = "word"
    """What a token is, where no function says; `character` for scripts without
    spaces."""
    max_tokens: int = Field(default=1000, ge=1, le=100_000)
    """Texts are cut to so many tokens."""
    validation: float = Field(default=0.0, ge=0, le=0.9)
    """Share of documents on the validation side, unless the corpus has its own."""
    test: float = Field(default=1.0, ge=0, le=1)
    """Share of documents on the test side, unless the corpus has its own."""
    batch: int = Field(default=64, ge=1, le=10_000)
    """Texts that it is given at once, at most."""
    seconds: float = Field(default=60.0, gt=0, le=86_400)
    """What its import may take, and each batch."""
    memory: float = Field(default=4.0, gt=0, le=1024)
    """Gigabytes that it may have in use, where the system tells (Linux)."""

    _folders: Folders | None = PrivateAttr(default=None)
    _trusted: dict[str, str] | None = PrivateAttr(default=None)

    @field_validator("file")
    @classmethod
    def _check_file(cls, file: str) -> str:
        if not file.endswith(".py"):
            raise ValueError("must be a file of Python, ending in .py")
        return file

    @field_validator("function", "tokenize", "attention")
    @classmethod
    def _check_name(cls, name: str | None) -> str | None:
        if name is not None and not name.isidentifier():
            raise ValueError("must be the name of a function of the file")
        return name

    @model_validator(mode="after")
    def _check_shares(self) -> Self:
        if self.test == 1 and self.validation:
            raise ValueError("validation: leaves nothing to test: 1; set test lower")
        return self

    @field_validator("labels")
    @classmethod
    def _check_labels(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        if len(labels) == 1 or len(set(labels)) < len(labels):
            raise ValueError("must be two or more different labels")
        return labels

    def capabilities(self) -> tuple[type, ...]:
        """Return what it can be asked: attention where a function gives that."""
        return self.offers if self.attention else (Classifier,)

    def explain_missing_capability(self, capability: type) -> str:
        """Explain what would make a capability possible."""
        if capability is Attentive and not self.attention:
            return "it names no function for attention weights; set attention:"
        if capability is Randomisable:
            return "the layers of a brought function cannot be randomised"
        return ""

    def is_epoch_saved(self, epoch: int) -> bool:
        """Return whether there is an epoch; 1 is all there is."""
        return epoch == 1

    def with_folders(self, folders: Folders) -> Self:
        """Return a copy of the recipe with the folders of the files it names."""
        copy = self.model_copy()
        copy._folders = folders  # noqa: SLF001 - of its own class
        return copy

    def with_trusted_code(self, hashes: Mapping[str, str]) -> Self:
        """Return a copy that runs its files as long as they have these hashes."""
        copy = self.model_copy()
        copy._trusted = dict(hashes)  # noqa: SLF001 - of its own class
        return copy

    def list_code(self) -> dict[str, Path]:
        """Return its files by the names that the function knows them by.

        Raises:
            SettingError: One is missing, a link, or no plain file.
        """
        if self._folders is None:
            raise ConfigError("the study's folder is not known; place the recipe")
        study = self._folders.study
        tops = (study, study.parent.parent)
        top = next((one for one in tops if (one / self.file).is_file()), None)
        if top is None:
            raise SettingError(
                ("file",),
                f"there is no {quote_text(self.file)} in the study's folder "
                f"{study.name}, nor in the project's; put it there",
            )
        found = {self.file: _find_plain(top, self.file, "file")}
        for name in self.files:
            found |= _list_declared(top, name)
        if len(found) > FILES_LIMIT:
            raise SettingError(
                ("files",), f"names {len(found):,} files; at most {FILES_LIMIT:,}"
            )
        return dict(sorted(found.items()))

    def foreign_key(self) -> str:
        """Return a hash of all of its files."""
        return files.hash_parts("function", self._hash_code())

    def _hash_code(self) -> dict[str, str]:
        read = files.read_regular_file
        return {
            name: files.digest(read(path)) for name, path in self.list_code().items()
        }

    def key_settings(self) -> dict[str, Any]:
        """Return the settings that can change an answer."""
        return self.model_dump(mode="json", exclude=NOT_IN_KEY)

    def check_files(self) -> None:
        """Check that its files are there, before anything is asked."""
        self.list_code()

    def train(
        self, corpus: Corpus | None, seed: int, folder: Path, progress: Progress
    ) -> None:
        """Try the function on some texts, and write what asking it needs."""
        del progress
        if files.is_complete(folder):
            return
        labels = self._find_labels(corpus)
        process = self._make_process()
        try:
            pieces = self._make_pieces(process, ())
            model = self._make_classifier(process, pieces, labels)
            texts = [one.text for one in corpus.documents] if corpus else ["A text."]
            model.check_repeats(list(dict.fromkeys(texts))[:PROBED])
            counts = Counter(piece for text in texts for piece in pieces.split(text))
            log = self._make_log(corpus, seed, process.versions)
        finally:
            process.end()
        known = sorted(counts, key=lambda piece: -counts[piece])[:PIECES_LIMIT]
        data = {
            "log.json": asdict(log),
            "model.json": {"labels": labels, "files": self._trusted},
            "vocabulary.json": {"pieces": known},
        }
        project = files.find_project_of(folder, files.MODEL_DEPTH)
        for name in FILE_NAMES:
            content = base.encode_json(data[name])
            files.write(folder / name, content, "what a function needs", project)
        files.write_manifest(folder, FILE_NAMES)

    def _find_labels(self, corpus: Corpus | None) -> tuple[str, ...]:
        """Return the labels of the function's columns.

        Raises:
            SettingError: Nothing says what they are, or they lack one of the corpus.
        """
        labels = self.labels or (corpus.labels if corpus else ())
        if not labels:
            raise SettingError(
                ("labels",), "must name the function's columns, as no corpus does"
            )
        lacking = [
            one for one in (corpus.labels if corpus else ()) if one not in labels
        ]
        if lacking:
            raise SettingError(
                ("labels",),
                f"lacks {format_some_names(list(map(quote_text, lacking)))} of the "
                "corpus; name all columns of the function in their order",
            )
        return labels

    def _make_log(
        self, corpus: Corpus | None, seed: int, versions: Mapping[str, str]
    ) -> TrainingLog:
        held, tested = self._divide(corpus, seed) if corpus else ((), ())
        note = (
            f"{self.function}() of {self.file}, which the author brings, was trained "
            "elsewhere: what it learnt from is not known here"
        )
        return TrainingLog(
            epochs=(1,),
            losses=(math.nan,),
            validation_losses=(math.nan,),
            best=1,
            windows=0,
            held_out=held,
            seconds=None,
            fingerprint=tuple(sorted(versions.items())),
            tested=tested,
            learnt="texts",
            notes=(note,),
        )

    def _divide(
        self, corpus: Corpus, seed: int
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the indices of the validation and of the test documents."""
        if self.test == 1 and not any(one.part for one in corpus.documents):
            return (), tuple(range(len(corpus.documents)))
        split = split_corpus(corpus, self.validation, self.test, seed)
        return split.validation, split.test

    @property
    def _mask(self) -> str:
        return "" if self.mask == "remove" else self.mask

    def _make_process(self) -> FunctionProcess:
        """Return the process that runs the function, once it is asked.

        Raises:
            IntegrityError: Nobody has looked at its files.
        """
        if self._trusted is None:
            raise IntegrityError(f"{self.file}: runs only after it was trusted")
        source = FunctionFiles(self.list_code(), self._trusted, self.file)
        names = {
            "predict": self.function,
            "tokenize": self.tokenize,
            "attention": self.attention,
        }
        return FunctionProcess(
            source,
            {part: name for part, name in names.items() if name is not None},
            FunctionLimits(self.seconds, self.memory),
        )

    def _make_pieces(
        self, process: FunctionProcess, known: tuple[str, ...]
    ) -> PieceVocabulary:
        if self.tokenize is None:
            return PieceVocabulary(known, self.unit, mask=self._mask)
        return TokenizedPieces(
            known,
            self.unit,
            mask=self._mask,
            tokenize=process.tokenize,
            file=self.file,
        )

    def _make_classifier(
        self,
        process: FunctionProcess,
        pieces: PieceVocabulary,
        labels: tuple[str, ...],
    ) -> FunctionClassifier:
        kind = AttentiveFunction if self.attention else FunctionClassifier
        return kind(
            process=process,
            words=pieces,
            labels=labels,
            max_tokens=self.max_tokens,
            batch=self.batch,
            mask=self._mask,
        )

    def is_trained(self, folder: Path) -> bool:
        """Return whether a folder holds what asking needs, hashes verified."""
        return files.is_complete(folder)

    def load(self, folder: Path) -> TrainedModel:
        """Load what asking the function needs; see `ModelSpec.load`."""
        contents = files.read_verified_files(folder)
        try:
            log = base.decode_log(json.loads(contents["log.json"]))
            head = json.loads(contents["model.json"])
            labels = tuple(map(str, head["labels"]))
            known = tuple(map(str, json.loads(contents["vocabulary.json"])["pieces"]))
        except (KeyError, TypeError, ValueError) as error:
            raise IntegrityError(f"{folder}: written by another version") from error
        process = self._make_process()
        pieces = self._make_pieces(process, known)
        return BroughtModel(self._make_classifier(process, pieces, labels), log)

    def find_disagreement(self, model: TrainedModel, corpus: Corpus | None) -> str:
        """Find in what a model's folder is not what these settings write."""
        if corpus is not None and getattr(model, "labels", ()) != self._find_labels(
            corpus
        ):
            return "its labels are not those of the study"
        return super().find_disagreement(model, None)


class BroughtModel:
    """A brought function, with what was written when it was tried: a `TrainedModel`."""

    def __init__(self, classifier: FunctionClassifier, log: TrainingLog) -> None:
        self._classifier, self.log = classifier, log
        self.labels = classifier.labels

    def at(self, epoch: Epoch) -> FunctionClassifier:
        """Return the function.

        Raises:
            ConfigError: There is no such epoch.
        """
        if epoch not in {"best", "last", 1}:
            raise ConfigError(
                f"epoch {epoch}: a brought function has none; known: 1, the function "
                "as it is"
            )
        return self._classifier


def _find_plain(top: Path, name: str, setting: str) -> Path:
    """Return the path of a file that is one, reached without a link."""
    path = top
    for part in Path(name).parts:
        path /= part
        if path.is_symlink():
            raise SettingError(
                (setting,), f"{quote_text(name)} is a link; put the file itself there"
            )
    if not path.is_file():
        raise SettingError((setting,), f"there is no file {quote_text(name)}")
    return path


def _list_declared(top: Path, name: str) -> dict[str, Path]:
    """Return a declared file, or the files of a declared folder, by name."""
    place = top / name
    if not place.is_dir() or place.is_symlink():
        return {name: _find_plain(top, name, "files")}
    inner = (
        path.relative_to(top).as_posix()
        for path in sorted(place.rglob("*"))
        if path.is_symlink() or not path.is_dir()
    )
    return {
        one: _find_plain(top, one, "files")
        for one in inner
        if "__pycache__" not in Path(one).parts
    }
