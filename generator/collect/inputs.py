"""What training begins with, read before anything is trained.

A table whose tenth row lacks its label, a file whose name is misspelt, a label that no
text has: each would be found once a model is to be trained, which may be after others
were trained for an hour. So corpora are read, and the files that models begin with are
checked, for all studies before the work on the first one begins. That a corpus could be
read is noted by its key, so that it is not read again only to be checked.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor

from generator.artifacts.store import artifact_path
from generator.core.cache import Cache, compute_program_key
from generator.core.edits import Edit, LineEdit, SettingEdit, TextEdit
from generator.core.errors import (
    ConfigError,
    SettingError,
    StudyError,
    quote_text,
    suggest_nearest,
)
from generator.core.files import hash_parts
from generator.corpora.base import Corpus, CorpusSpec, Folders, SyntheticCorpus
from generator.corpora.files.base import FileCorpus
from generator.methods.base import Method
from generator.study.keys import compute_expected_keys
from generator.study.project import STUDIES, STUDY_FILE
from generator.study.study import Study
from generator.study.yaml.edits import locate_setting_edit, read_line_edit
from generator.study.yaml.read import read_yaml
from generator.study.yaml.source import KeyPath, YamlSource


class InputCheck:
    """The check of what one study's training begins with.

    Args:
        study: The study.
        folders: Where its corpora are read from.
        kept: Where corpora that can be read are noted; None to read them every time.
    """

    def __init__(self, study: Study, folders: Folders, kept: Cache | None) -> None:
        self.study, self.folders, self.kept = study, folders, kept
        self.keys = compute_expected_keys(study, folders)

    def find_errors(
        self, models: Collection[str], *, fetched: bool
    ) -> Iterator[StudyError]:
        """Yield an error for each corpus and each model that cannot be begun with.

        Args:
            models: Names of the models that are to be trained.
            fetched: Whether datasets that were fetched are read too; their bytes are
                known, so that only settings beside them can be wrong.

        Yields:
            Errors whose problems begin with their place in the study file.
        """
        study = self.study
        needed = {study.models[name].corpus for name in models}
        for name, spec in study.corpora.items():
            if name not in needed or name in self.keys.datasets:
                continue
            if isinstance(spec, SyntheticCorpus):  # it can always be made
                yield from self._check_labels(self._list_asked(name), spec.labels())
            elif isinstance(spec, FileCorpus) and (
                fetched or not spec.registered_dataset()
            ):
                yield from self._check_corpus(name, spec)
        for name in study.models:
            error = self.keys.absent.get(f"model {name}")
            if name in models and error:
                yield self._place_error(("models", name), error, "")
        for name, method in study.artifacts.items():
            if method.model in models and not artifact_path(study, name).exists():
                yield from self._check_method(name, method)

    def check_files(
        self, models: Collection[str], executor: Executor
    ) -> Iterator[StudyError]:
        """Yield an error for each model whose files do not fit, weights included.

        Args:
            models: Names of the models that are to be trained.
            executor: Where the files are read.
        """
        for name, spec in self.study.models.items():
            if name in models:
                placed = spec.with_folders(self.folders)
                try:
                    executor.submit(placed.check_files).result()
                except StudyError as error:
                    yield self._place_error(("models", name), error)

    def _check_method(self, name: str, method: Method) -> Iterator[StudyError]:
        """Yield what is wrong with the files that a method reads."""
        try:
            method.with_folder(self.study.folder).check_files()
        except StudyError as error:
            yield self._place_error(("artifacts", name), error)

    def _check_corpus(self, name: str, spec: CorpusSpec) -> Iterator[StudyError]:
        """Yield what is wrong with a corpus, or with what is asked of its labels."""
        asked = self._list_asked(name)
        key = hash_parts("read", compute_program_key(), self.keys.corpora[name], asked)
        if self.kept and self.keys.corpora[name] and self.kept.get(key) is not None:
            return
        try:
            corpus = self._load_corpus(name, spec)
        except StudyError as error:
            yield self._place_error(("corpora", name), error)
            return
        errors = self._check_labels(asked, corpus.labels)
        yield from errors
        if self.kept and self.keys.corpora[name] and not errors:
            self.kept.put(key, b"read")

    def _list_asked(self, corpus: str) -> dict[str, str]:
        """Return the label of a corpus that each artifact names, by artifact."""
        models = self.study.models
        return {
            name: str(label)
            for name, method in self.study.artifacts.items()
            if (label := getattr(method, "label", None))
            and models[method.model].corpus == corpus
        }

    def _check_labels(
        self, asked: Mapping[str, str], labels: Sequence[str]
    ) -> list[StudyError]:
        """Return an error for each artifact that names a label which no text has."""
        return [
            self._make_label_error(artifact, label, labels)
            for artifact, label in asked.items()
            if labels and label not in labels
        ]

    def _load_corpus(self, name: str, spec: CorpusSpec) -> Corpus:
        if absent := self.keys.absent.get(name):
            raise absent
        corpus = spec.load(self.folders)
        if not corpus.documents:
            raise ConfigError("holds no documents; put some there")
        return corpus

    def _make_label_error(
        self, artifact: str, label: str, labels: Sequence[str]
    ) -> StudyError:
        key_path: KeyPath = ("artifacts", artifact, "label")
        source = self._read_study_file()
        line, column = source.find_value_place(key_path)
        edit = source.make_renaming((line, column), label, labels)
        near = suggest_nearest(label, labels)
        return ConfigError(
            f"{source.name}:{line}:{column}: artifacts.{artifact}.label: the corpus "
            f"has no label {quote_text(label)}; {near}",
            edits=[edit] if edit else [],
        )

    def _place_error(
        self, key_path: KeyPath, error: StudyError, what: str | None = None
    ) -> StudyError:
        """Return an error with its place in the study file, and edits of files."""
        source = self._read_study_file()
        entry = source.data
        for step in key_path:
            entry = entry[str(step)]
        at = (*key_path, "path") if "path" in entry else key_path
        line, column = source.find_value_place(at)
        if at == key_path:
            line, column = source.find_key_place(at)
        called = f"{'.'.join(map(str, key_path))}: " if what is None else what
        problems = (
            f"{source.name}:{line}:{column}: {called}{problem}"
            for problem in error.problems
        )
        found = [self._locate_edit(source, key_path, edit) for edit in error.edits]
        edits = [edit for edit in found if edit] if all(found) else []
        kind = ConfigError if isinstance(error, SettingError) else type(error)
        return kind(*problems, edits=edits)

    def _locate_edit(
        self, source: YamlSource, key_path: KeyPath, edit: Edit
    ) -> TextEdit | None:
        if isinstance(edit, SettingEdit):
            return locate_setting_edit(source, key_path, edit)
        if isinstance(edit, LineEdit):
            folder = f"{STUDIES}/{self.study.folder.name}"
            return read_line_edit(self.study.folder, folder, edit)
        return edit

    def _read_study_file(self) -> YamlSource:
        name = f"{STUDIES}/{self.study.folder.name}/{STUDY_FILE}"
        return read_yaml(self.study.folder / STUDY_FILE, name, kept=self.kept)
