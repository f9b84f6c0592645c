"""The program from Python, as in a notebook: load a study, ask a model, see the answer.

    import generator as studies

    study = studies.load("studies/2026-03-01-what-decides")
    model = study.model("lm")  # trains it, unless that is done
    answer = model.ask("lime", texts=["A good film"], samples=500)
    answer  # a notebook draws it
    answer.artifact.texts[0].scores

    mine = studies.wrap(predict, labels=["no", "yes"])
    mine.ask("shap", texts=["A good film"])

What is asked has the words of a study file, and its mistakes the same messages. Nothing
is written but models, into the project's cache. A function that is wrapped runs in this
process, as it is the caller's own; one that a study brings runs as it does in a build.
"""

from __future__ import annotations

import html
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from generator.artifacts import Artifact, store
from generator.artifacts.store import artifact_path
from generator.collect.pipeline import CollectReport, StudyCollection, Workspace
from generator.core.errors import (
    ConfigError,
    MissingArtifactError,
    StudyError,
    quote_text,
    suggest_nearest,
)
from generator.corpora.base import Corpus
from generator.figures import FIGURES
from generator.methods.base import Context, Method, Producer
from generator.models.base import TrainedModel, TrainingLog
from generator.models.function import BroughtModel
from generator.models.function.model import AttentiveFunction, FunctionClassifier
from generator.models.function.pieces import PieceVocabulary
from generator.models.function.process import find_row_problem
from generator.study.class_tables import ClassTables
from generator.study.cross_references import StudyParts
from generator.study.keys import hash_to_seed
from generator.study.project import STUDY_FILE, find_project
from generator.study.study import Study, load_parts, load_study
from generator.study.yaml.errors import fill_model
from generator.study.yaml.read import parse_yaml, read_yaml

ASKED = "asked"
"""Name of what is asked, as if it stood in the study file."""
PLACE = re.compile(rf"^answer:\d+:\d+: (?:(?:artifacts|figures)\.{ASKED}[.:] ?)?")
"""The place of a problem in what was asked, which is no file."""


@dataclass(frozen=True)
class Answer:
    """What a method answered: an artifact, which a notebook draws.

    Attributes:
        artifact: The numbers, with their labels, checks and notes.
        method: The method's name.
        title: What was asked, for the drawing.
        producer: What made it, so that it can be graded.
        entry: What was asked, as in a study file.
    """

    artifact: Artifact
    method: str
    title: str
    producer: Producer = field(repr=False)
    entry: Mapping[str, Any] = field(repr=False)

    def draw(self, figure: str = "", **settings: Any) -> bytes:  # noqa: ANN401 - of any figure
        """Draw the answer.

        Args:
            figure: A kind of figure, as in a study file; the first that can draw it
                where none is named.
            **settings: Settings of that figure.

        Returns:
            A picture in SVG.

        Raises:
            ConfigError: The figure cannot draw it, or has no such setting.
        """
        # Layouts are slow to import, and not needed for numbers.
        from generator.figures.export.figure_files import figure_files  # noqa: PLC0415
        from generator.figures.export.frame import FigureSource  # noqa: PLC0415

        drawn = _make_figure(figure, type(self.artifact), settings)
        view = drawn.view(self.artifact)
        source = FigureSource(1, ASKED, drawn.title or drawn.heading, self.title)
        return figure_files(view, source)["svg"]

    def _repr_html_(self) -> str:
        """Return the drawing for a notebook: one picture, without a script."""
        try:
            picture = self.draw().decode()
        except ConfigError:  # no figure draws it by itself
            return f"<pre>{html.escape(repr(self.artifact))}</pre>"
        return f'<figure style="margin:0;overflow-x:auto">{picture}</figure>'

    def __repr__(self) -> str:
        """Return what it is in a line."""
        return f"<Answer of {self.method}: {type(self.artifact).__name__}>"


@dataclass(frozen=True)
class AskableModel:
    """A model that methods can be asked about.

    Attributes:
        name: Its name in the study file.
        trained: The model, with its log and its network at each saved epoch.
        corpus: What it learnt from, None where nothing is.
        sections: The study's corpora, models and artifacts, as its file has them.
        seed: The study's seed.
        folder: The study's folder.
        title: The study's title.
    """

    name: str
    trained: TrainedModel
    corpus: Corpus | None
    sections: Mapping[str, Mapping[str, Any]] = field(repr=False)
    seed: int
    folder: Path
    title: str
    study: Study | None = field(default=None, repr=False)

    def ask(self, method: str, *, name: str = ASKED, **settings: Any) -> Answer:  # noqa: ANN401 - of any method
        """Ask one method about the model.

        Args:
            method: Its name, as in a study file.
            name: An artifact's name; what is drawn at random follows from it.
            **settings: Its settings, as in a study file. `of` takes answers, and names
                of artifacts of the study that are collected.

        Returns:
            The answer.

        Raises:
            StudyError: The method is not known, a setting is wrong, or the model cannot
                be asked that; the message says what would fit.
        """
        answers = dict[str, Answer]()
        entry = {"method": method, "model": self.name, **settings}
        if "of" in entry:
            entry["of"] = _name_answers(entry["of"], answers)
        made = self._read_method(entry, answers).with_folder(self.folder)
        read, producers = self._read_artifacts(made, answers)
        seed = self.seed, hash_to_seed(name)
        context = Context(self.trained, self.corpus, read, seed, producers)
        found = made.collect(context)
        return Answer(found, method, self.title, Producer(made, seed), entry)

    def _read_method(
        self, entry: Mapping[str, Any], answers: Mapping[str, Answer]
    ) -> Method:
        artifacts = {
            **self.sections["artifacts"],
            **{name: dict(answer.entry) for name, answer in answers.items()},
            ASKED: dict(entry),
        }
        sections = {**self.sections, "artifacts": artifacts}
        return _load(sections, self.folder).artifacts[ASKED]

    def _read_artifacts(
        self, method: Method, answers: Mapping[str, Answer]
    ) -> tuple[tuple[Artifact, ...], tuple[Producer, ...]]:
        """Read the artifacts that a method names, with what made them."""
        read: list[Artifact] = []
        producers: list[Producer] = []
        for name in method.artifact_names():
            if name in answers:
                read.append(answers[name].artifact)
                producers.append(answers[name].producer)
                continue
            assert self.study is not None  # noqa: S101 - only a study has artifacts to name
            path = artifact_path(self.study, name)
            if not path.is_file():
                raise MissingArtifactError(
                    f"artifact {quote_text(name)} is not collected; collect the study "
                    "first"
                )
            read.append(store.load_artifact(path).artifact)
            seed = self.seed, hash_to_seed(name)
            producers.append(Producer(self.study.artifacts[name], seed))
        return tuple(read), tuple(producers)


@dataclass(frozen=True)
class OpenStudy:
    """A study that was loaded.

    Attributes:
        study: Its settings, as the file gives them.
        data: The folder of corpora.
    """

    study: Study
    data: Path

    def model(self, name: str) -> AskableModel:
        """Train a model of the study, unless that is done, and open it.

        Args:
            name: Its name in the study file.

        Returns:
            The model.

        Raises:
            ConfigError: The study has no such model.
            StudyError: It cannot be trained.
        """
        study = self.study
        if name not in study.models:
            raise ConfigError(
                f"{study.slug}: no model {quote_text(name)}; "
                f"{suggest_nearest(name, study.models)}"
            )
        work = Workspace(find_project(study.folder), self.data)
        task = StudyCollection(study, work, CollectReport()).train_model(name)
        read = task.corpus
        corpus = None if read is None else read.spec.load(read.folders)
        source = read_yaml(study.folder / STUDY_FILE, STUDY_FILE)
        sections = {
            word: source.data.get(word) or {}
            for word in ("corpora", "models", "artifacts")
        }
        return AskableModel(
            name,
            task.spec.load(task.folder),
            corpus,
            sections,
            study.seed,
            study.folder,
            study.title,
            study,
        )

    def answer(self, artifact: str) -> Answer:
        """Return a collected artifact of the study.

        Args:
            artifact: Its name in the study file.

        Raises:
            ConfigError: The study has no such artifact.
            MissingArtifactError: It is not collected.
        """
        study = self.study
        if artifact not in study.artifacts:
            raise ConfigError(
                f"{study.slug}: no artifact {quote_text(artifact)}; "
                f"{suggest_nearest(artifact, study.artifacts)}"
            )
        path = artifact_path(study, artifact)
        if not path.is_file():
            raise MissingArtifactError(
                f"{study.slug}: artifact {quote_text(artifact)} is not collected"
            )
        found = store.load_artifact(path).artifact
        made = Producer(study.artifacts[artifact], (study.seed, hash_to_seed(artifact)))
        source = read_yaml(study.folder / STUDY_FILE, STUDY_FILE)
        entry = source.data["artifacts"][artifact]
        return Answer(found, made.method.method, study.title, made, entry)


def load(folder: str | Path, data: str | Path | None = None) -> OpenStudy:
    """Load a study.

    Args:
        folder: The study's folder.
        data: The folder of corpora; that of the project's cache where None.

    Returns:
        The study.

    Raises:
        ConfigError: Its file is wrong; the message has every mistake with its place.
    """
    place = Path(folder).resolve()
    study = load_study(place)
    chosen = Path(data) if data else find_project(place) / ".cache" / "data"
    return OpenStudy(study, chosen)


Predict = Callable[[list[str]], Any]
"""From texts to probabilities (texts, labels)."""


class LocalFunction:
    """A function of the caller's, called in this process and judged like a brought one.

    Args:
        predict: Gives probabilities of texts.
        attention: Gives attention weights of texts, if there is such a function.
    """

    def __init__(self, predict: Predict, attention: Predict | None) -> None:
        self._predict, self._attention = predict, attention

    def predict(self, texts: Sequence[str], labels: int) -> NDArray[np.float64]:
        """Compute the probabilities (texts, labels) of texts.

        Args:
            texts: The texts.
            labels: How many labels there are.

        Raises:
            ConfigError: What the function gave are none.
        """
        found = np.asarray(self._predict(list(texts)), np.float64)
        if found.shape != (len(texts), labels):
            raise ConfigError(
                f"predict gave an array of {found.shape}; expected ({len(texts)}, "
                f"{labels}): a row for each text, a column for each label"
            )
        for text, row in zip(texts, found, strict=True):
            _require_row(row, "predict", text)
        return found

    def attend(
        self, texts: Sequence[str], lengths: Sequence[int]
    ) -> list[NDArray[np.float64]]:
        """Compute the attention weights (tokens,) of each text.

        Args:
            texts: The texts.
            lengths: How many tokens each has.

        Raises:
            ConfigError: What the function gave are none.
        """
        assert self._attention is not None  # noqa: S101 - such a model has none to ask
        rows = [np.asarray(one, np.float64) for one in self._attention(list(texts))]
        for text, row, length in zip(texts, rows, lengths, strict=True):
            if row.shape != (length,):
                raise ConfigError(
                    f"attention gave {row.size} weights for the {length} tokens of "
                    f"{quote_text(text)}"
                )
            _require_row(row, "attention", text)
        return rows


def _require_row(row: NDArray[np.float64], part: str, text: str) -> None:
    if len(row) and (problem := find_row_problem(row)):
        raise ConfigError(f"{part}: numbers {problem}, of {quote_text(text)}")


def wrap(
    predict: Predict,
    labels: Sequence[str],
    *,
    attention: Predict | None = None,
    mask: str = "remove",
) -> AskableModel:
    """Wrap a function that gives texts probabilities, so that methods can be asked.

    Args:
        predict: Gives an array (texts, labels) of a list of texts.
        labels: What its columns stand for.
        attention: Gives the attention weights of each text's tokens.
        mask: What becomes of a hidden token: `remove`, or what stands in its place.

    Returns:
        The model.
    """
    names = tuple(labels)
    entry = {"kind": "function", "file": "notebook.py", "labels": list(names)}
    entry |= {"attention": "attention"} if attention else {}
    entry |= {"mask": mask}
    kind = AttentiveFunction if attention else FunctionClassifier
    hidden = "" if mask == "remove" else mask
    process: Any = LocalFunction(predict, attention)
    classifier = kind(
        process=process,
        words=PieceVocabulary((), mask=hidden),
        labels=names,
        max_tokens=1000,
        batch=64,
        mask=hidden,
    )
    log = TrainingLog((1,), (math.nan,), (math.nan,), 1, 0, (), None, ())
    sections: dict[str, Any] = {"corpora": {}, "models": {"mine": entry}}
    return AskableModel(
        "mine",
        BroughtModel(classifier, log),
        None,
        {**sections, "artifacts": {}},
        0,
        Path.cwd(),
        getattr(predict, "__name__", "a function"),
    )


def _name_answers(of: object, answers: dict[str, Answer]) -> object:
    """Return `of` with a name in the place of each answer, which is noted."""
    if isinstance(of, Answer):
        name = f"{of.method}-{len(answers) + 1}"
        answers[name] = of
        return name
    if isinstance(of, list | tuple):
        return [_name_answers(one, answers) for one in of]
    return of


def _make_figure(
    kind: str, artifact: type[Artifact], settings: Mapping[str, Any]
) -> Any:  # noqa: ANN401 - any figure
    """Return a figure that draws an artifact."""
    able = [name for name, one in FIGURES.items() if artifact in one.draws]
    one = [name for name in able if "artifact" in FIGURES[name].model_fields]
    if not kind and not one:
        raise ConfigError(f"no figure draws {artifact.__name__} by itself")
    kind = kind or one[0]
    if kind not in able:
        raise ConfigError(
            f"figure {quote_text(kind)} does not draw it; these do: {', '.join(able)}"
        )
    entry = {"figure": kind, "artifact": ASKED, **settings}
    source = parse_yaml(json.dumps({"figures": {ASKED: entry}}, indent=1), "answer")
    found = fill_model(FIGURES[kind], entry, source, ("figures", ASKED))
    if found is None:
        _report(source.make_error())
    return found


def _load(sections: Mapping[str, Any], folder: Path) -> StudyParts:
    """Return parts of a study that were written down here."""
    try:
        text = json.dumps(sections, indent=1)
    except TypeError as error:
        raise ConfigError(
            f"settings must be what a study file can hold: {error}"
        ) from error
    source = parse_yaml(text, "answer")
    parts = load_parts(source, folder, ClassTables())
    if source.problems:
        _report(source.make_error())
    return parts


def _report(error: StudyError) -> NoReturn:
    """Report problems without a place in a file that the caller never sees.

    Raises:
        ConfigError: In any case.
    """
    lines = (problem.split("\n")[0] for problem in error.problems)
    raise ConfigError(*(PLACE.sub("", line) for line in lines))
