"""textgenrnn: LSTMs over a window of characters or words, and attention over all slots.

1. A window holds the last `max_length` tokens, padding on the left. Each becomes a
   vector x_1 … x_T of `dim_embeddings` channels.
2. `rnn_layers` LSTMs of `rnn_size` units read the window, each the one below; in both
   directions if `rnn_bidirectional`.
3. Every slot's embedding stands beside its layers' outputs. Attention gives each slot a
   weight, which sum to 1, and averages.
4. One matrix makes logits of the average, and softmax probabilities. So the logit of a
   token is its bias plus a sum over slots: what each slot gave is known exactly.

Padding is a token like others here, and unknown words share its id: attention falls
on both.

With `mode: whole_sequence` there is no window. The LSTMs read a document from its
beginning to its end, attention averages the last `max_length` slots at every place, and
one pass says at every place what comes next. Training reads `streams` side by side, the
next `steps` tokens of each in a step, from the state in which the step before left it
(truncated backpropagation through time). As nothing tells a slot's place there, one
number more is learnt: how much a score fades with each token that follows.

A network of characters that reads forwards alone can be asked about its cells. With
windows, a cell's state after a character is that at the last slot of the window that
ends with it, so it rests on `max_length` tokens at most, however long the text.

Source: textgenrnn 2.0.0 by Max Woolf.
Differs: attention weights are always an output. Words are counted with punctuation
apart, as they are read. Whole documents are held out, not windows. Unknown words stay
in a history in training, as they do in writing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.core import files
from generator.core.errors import ConfigError, SettingError, StudyError, suggest_nearest
from generator.core.spec import RelativePath, Spec
from generator.corpora.tokenization import Vocabulary
from generator.models.base import Epoch, ExportFormat
from generator.models.capabilities import (
    CellModel,
    DifferentiableLanguageModel,
    LanguageModel,
)
from generator.models.textgenrnn_files import (
    DEFAULTS,
    SHAPE_SETTINGS,
    TextGenRnnSettings,
    check_signature,
    find_package_files,
    read_settings,
    read_vocabulary,
)
from generator.models.trained_by_epochs import EpochTrainedSpec, Trainer

WHOLE_SEQUENCE_SETTINGS = ("mode", "streams", "steps")
TRAINING_SETTINGS = (
    "epochs",
    "early_stop",
    "snapshots",
    "dropout",
    "batch_size",
    "learning_rate",
    "validation",
)
"""The settings that play no part where weights are used as they are given."""
PACKAGE_FILES = {
    "vocabulary": "of textgenrnn's package",
    "config": "textgenrnn's defaults",
}
"""What stands in for a file that is not named, in words."""


class WeightFiles(Spec):
    """A trained textgenrnn's files, in the study's folder.

    Where textgenrnn goes on from its own weights, it saves the weights alone.
    """

    weights: RelativePath
    """HDF5, as textgenrnn saves it."""
    vocabulary: RelativePath | None = None
    """JSON, from tokens to ids; null for that of textgenrnn's package, as upstream."""
    config: RelativePath | None = None
    """JSON, the model's settings; null for textgenrnn's default ones, as upstream."""


class TextGenRNN(EpochTrainedSpec):
    """A textgenrnn, trained anew, from its package's weights, or from anybody's."""

    version: ClassVar[int] = 1
    offers: ClassVar[tuple[type, ...]] = (
        LanguageModel,
        DifferentiableLanguageModel,
        CellModel,
    )
    export_formats: ClassVar[tuple[ExportFormat, ...]] = ("textgenrnn", "keras")
    kind: Literal["textgenrnn"]

    word_level: bool = False
    """Whether tokens are words; else characters."""
    rnn_layers: int = Field(default=2, ge=1, le=16)
    """How many LSTMs, one over the other."""
    rnn_size: int = Field(default=128, ge=1, le=4096)
    """Units of each LSTM, in each direction."""
    rnn_bidirectional: bool = False
    """Whether LSTMs read the window in both directions."""
    max_length: int = Field(default=40, ge=1, le=1000)
    """Slots of the window: how many tokens the model sees."""
    max_words: int = Field(default=10000, ge=1, le=1_000_000)
    """The most frequent tokens that are known; the others are unknown."""
    dim_embeddings: int = Field(default=100, ge=1, le=4096)
    """Channels of a token's vector."""
    dropout: float = Field(default=0.0, ge=0, lt=1)
    """Share of the embedding's channels dropped in each window while training."""
    single_text: bool = False
    """Whether a document is one long text, without marks where it opens and closes."""

    pretrained: bool = False
    """Whether to begin with the weights and the vocabulary of textgenrnn's package."""
    files: WeightFiles | None = None
    """Files of a trained textgenrnn to begin with; they bring their own settings."""

    mode: Literal["windows", "whole_sequence"] = "windows"
    """Whether a token is learnt from a window of its own, or whole texts are read."""
    streams: int = Field(default=8, ge=1, le=1024)
    """With whole sequences: how many are read side by side."""
    steps: int = Field(default=64, ge=2, le=1000)
    """With whole sequences: tokens of each in a step, which is how far errors reach."""

    epochs: int = Field(default=0, ge=0, le=10_000)
    """How often to go through the corpus; 0 uses the weights as they begin."""
    batch_size: int = Field(default=128, ge=1, le=65536)
    """Windows in a step of training; whole sequences have `streams` instead."""
    learning_rate: float = Field(default=4e-3, gt=0, le=10)
    """Of Adam in the first epoch; it falls by equal parts towards 0."""
    validation: float = Field(default=0.0, ge=0, le=0.9)
    """Share of documents held out."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        """Refuse settings that contradict each other."""
        if self.pretrained and self.files:
            raise ValueError("pretrained and files exclude each other; keep one")
        if self.corpus is None:
            if not (self.pretrained or self.files):
                raise ValueError(
                    "needs a corpus to learn from, or pretrained: true, or files"
                )
            if self.epochs:
                raise ValueError("epochs need a corpus to go through; name one")
        if self.pretrained and (changed := self._find_changed_setting()):
            raise ValueError(
                f"pretrained weights are of another {changed}; leave it out"
            )
        self._check_whole_sequences()
        return self

    def _check_whole_sequences(self) -> None:
        """Refuse settings of the other mode, or ruled out by whole sequences."""
        if self.mode == "windows":
            named = sorted({"streams", "steps"} & self.model_fields_set)
            if named:
                raise ValueError(
                    f"{named[0]} is of whole sequences; set mode: whole_sequence, or "
                    "leave it out"
                )
            return
        if self.rnn_bidirectional:
            raise ValueError(
                "whole sequences are read in one direction: backwards, the network "
                "would see what it is to predict; set rnn_bidirectional: false"
            )
        if self.pretrained or self.files:
            raise ValueError(
                "whole sequences begin with weights of their own; leave out "
                f"{'pretrained' if self.pretrained else 'files'}"
            )
        if "batch_size" in self.model_fields_set:
            raise ValueError(
                "batch_size counts windows, and whole sequences have none; set streams"
            )

    def capabilities(self) -> tuple[type, ...]:
        """Return the capabilities that its settings allow."""
        return tuple(
            one for one in self.offers if not self.explain_missing_capability(one)
        )

    def explain_missing_capability(self, capability: type) -> str:
        """Explain why the settings rule out a capability; "" if they do not."""
        if capability is not CellModel:
            whole = self.mode == "whole_sequence" and capability in self.offers
            return "whole sequences have no window; leave mode out" if whole else ""
        if self.word_level:
            return "cells are asked character by character; set word_level: false"
        if self.rnn_bidirectional:
            return (
                "a cell that reads backwards knows what comes after a character; set "
                "rnn_bidirectional: false"
            )
        return ""

    def key_settings(self) -> dict[str, Any]:
        """Return the settings that enter its key, those of whole sequences only in use.

        So the keys of models with windows do not depend on settings that came later.
        """
        unused = WHOLE_SEQUENCE_SETTINGS if self.mode == "windows" else ()
        return _leave_out(super().key_settings(), unused)

    def key_answers(self) -> dict[str, Any]:
        """Return what says that a single text is asked about after its first window."""
        return {"single_text": "after the first window"} if self.single_text else {}

    @classmethod
    def describe_settings(cls, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the settings that play a part, with what stands in for files.

        Weights that are used as given were trained by others, with a dropout, a
        learning rate and so on that no file says.
        """
        whole = settings.get("mode") == "whole_sequence"
        unused = ("batch_size",) if whole else WHOLE_SEQUENCE_SETTINGS
        named = settings.get("files")
        if not settings.get("epochs") and (named or settings.get("pretrained")):
            unused = (*unused, *TRAINING_SETTINGS)
        described = _leave_out(settings, unused)
        if named:
            described["files"] = {k: v or PACKAGE_FILES[k] for k, v in named.items()}
        return described

    def _find_changed_setting(self) -> str | None:
        """Return the first setting of the weights' shape that is not its default."""
        known = type(self).model_fields
        return next(
            (n for n in SHAPE_SETTINGS if getattr(self, n) != known[n].default), None
        )

    def _import_trainer(self) -> Trainer:
        from generator.networks.textgenrnn import training

        return training

    def with_file_settings(self, folder: Path) -> Self:
        """Return the recipe with its files' settings; see `ModelSpec`."""
        paths = self._find_paths(folder.resolve())
        if paths is None or not all(path.is_file() for path in paths.values()):
            return self
        settings, _ = self._read_json_files(paths)
        try:
            check_signature(paths["weights"])
        except StudyError as error:
            raise SettingError(("files", "weights"), *error.problems) from error
        return self.model_copy(update=asdict(settings))

    def check_files(self) -> None:
        """Check the three files, the weights too; see `ModelSpec`."""
        self._read_start()

    def explain_missing_export(self, form: ExportFormat) -> str:
        """Explain why another program could not load the model; see `ModelSpec`."""
        if self.mode == "windows":
            return super().explain_missing_export(form)
        if form == "keras":
            return (
                "Keras has no layer for attention that slides over a whole sequence; "
                "leave mode out and train anew"
            )
        return (
            "textgenrnn reads windows, and has no place for what whole sequences learn "
            "beside; leave mode out and train anew"
        )

    def encode_export(
        self, folder: Path, epoch: Epoch, name: str, form: ExportFormat
    ) -> dict[str, bytes]:
        """Encode the three files that textgenrnn loads, or Keras's; see `ModelSpec`."""
        if form == "keras":
            return super().encode_export(folder, epoch, name, form)
        from generator.networks.textgenrnn import upstream

        state = self.load(folder).at(epoch)
        return upstream.encode_upstream_files(
            state.settings, state.vocabulary, state.arrays, name
        )

    def foreign_key(self) -> str:
        """Return a hash of the weight files that training starts from, or ""."""
        paths = self._find_placed_paths()
        if paths is None:
            return ""
        if "vocabulary" not in paths:
            paths["vocabulary"] = find_package_files()[1]
        names = [name for name in WeightFiles.model_fields if name in paths]
        shas = [files.digest(files.read_regular_file(paths[name])) for name in names]
        return files.digest("".join(shas).encode())

    def _make_plan(self, seed: int) -> Any:  # noqa: ANN401 - a plan of `networks`
        from generator.networks.textgenrnn.training import TextGenRnnPlan

        whole = self.mode == "whole_sequence"
        return self._copy_settings(
            TextGenRnnPlan,
            settings=self._copy_settings(TextGenRnnSettings),
            start=self._read_start(),
            training=self._make_loop_settings(
                seed,
                batch_size=self.streams if whole else self.batch_size,
                learning_rate=self.learning_rate,
            ),
            streams=(self.streams, self.steps) if whole else None,
        )

    def _read_start(self) -> Any:  # noqa: ANN401 - a `Trio`
        """Read the weights that training starts from; None for random ones."""
        from generator.networks.textgenrnn import upstream

        if self.pretrained:
            return upstream.read_packaged_model()
        paths = self._find_placed_paths()
        if paths is None:
            return None
        self._read_json_files(paths)
        try:
            return upstream.read_upstream_files(**paths)
        except StudyError as error:  # the other two are right
            raise type(error)(f"files.weights: {error}") from error

    def _read_json_files(
        self, paths: Mapping[str, Path]
    ) -> tuple[TextGenRnnSettings, Vocabulary]:
        """Read configuration and vocabulary, or the package's where none is named.

        Raises:
            SettingError: A file is wrong, or a setting of the study says otherwise.
        """
        config, vocabulary = paths.get("config"), paths.get("vocabulary")
        try:
            settings = read_settings(config)
        except StudyError as error:
            raise SettingError(("files", "config"), *error.problems) from error
        for name in sorted(self.model_fields_set.intersection(SHAPE_SETTINGS)):
            asked, found = getattr(self, name), getattr(settings, name)
            if asked != found:
                source = config.name if config else DEFAULTS
                raise SettingError(
                    (name,),
                    f"{source}: {name} is {_format(found)}, the study says "
                    f"{_format(asked)}; the files bring their own settings: leave it "
                    f"out{'' if config else ', or name the config of the weights'}",
                )
        try:
            return settings, read_vocabulary(vocabulary, settings, config)
        except StudyError as error:
            key = "vocabulary" if vocabulary else "weights"
            raise SettingError(("files", key), *error.problems) from error

    def _find_placed_paths(self) -> dict[str, Path] | None:
        """Return the paths of the files it begins with, which are there; None of none.

        Raises:
            SettingError: A file is missing or a link.
            ConfigError: The folders are not known.
        """
        if self.files is None:
            return None
        if self._folders is None:
            raise ConfigError(
                "files: the study's folder is not known; place the recipe"
            )
        root = self._folders.study.resolve()
        paths = self._find_paths(root) or {}
        for name, path in paths.items():
            if not path.is_file():
                raise SettingError(("files", name), _describe_missing(path, root))
        return paths

    def _find_paths(self, root: Path) -> dict[str, Path] | None:
        """Return the paths of the files that are named, in a folder; None of none.

        Raises:
            SettingError: One of them is a link.
        """
        if self.files is None:
            return None
        named = self.files.model_dump(exclude_none=True)
        paths = {name: root / path for name, path in named.items()}
        for name, path in paths.items():
            if path.is_file() and path.resolve() != path:
                text = f"{named[name]}: a link; put the file itself there"
                raise SettingError(("files", name), text)
        return paths


def _leave_out(settings: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in names}


def _describe_missing(path: Path, root: Path) -> str:
    """Describe a file that is not there, with the nearest of those that are."""
    alike = sorted(
        other.relative_to(root).as_posix()
        for other in path.parent.glob(f"*{path.suffix}")
        if other.is_file()
    )
    name = path.relative_to(root).as_posix()
    found = suggest_nearest(name, alike) if alike else "put the file there"
    return f"{name}: no such file in the study's folder; {found}"


def _format(value: object) -> str:
    """Format a setting as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
