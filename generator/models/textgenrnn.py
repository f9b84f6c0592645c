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

from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.core import files
from generator.core.errors import ConfigError
from generator.core.spec import RelativePath, Spec
from generator.models.capabilities import (
    CellModel,
    DifferentiableLanguageModel,
    LanguageModel,
)
from generator.models.trained_by_epochs import EpochTrainedSpec, Trainer

SHAPE_SETTINGS = (
    "word_level",
    "rnn_layers",
    "rnn_size",
    "rnn_bidirectional",
    "max_length",
    "max_words",
    "dim_embeddings",
    "single_text",
)
"""The settings that belong to trained weights."""


class WeightFiles(Spec):
    """A trained textgenrnn's three files, in the study's folder."""

    weights: RelativePath
    """HDF5, as textgenrnn saves it."""
    vocabulary: RelativePath
    """JSON, from tokens to ids."""
    config: RelativePath
    """JSON, the model's settings."""


class TextGenRNN(EpochTrainedSpec):
    """A textgenrnn, trained anew, from its package's weights, or from anybody's."""

    version: ClassVar[int] = 1
    offers: ClassVar[tuple[type, ...]] = (
        LanguageModel,
        DifferentiableLanguageModel,
        CellModel,
    )
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
        settings = super().key_settings()
        unused = {"streams", "steps", "mode"} if self.mode == "windows" else set()
        return {name: value for name, value in settings.items() if name not in unused}

    def _find_changed_setting(self) -> str | None:
        """Return the first setting of the weights' shape that is not its default."""
        known = type(self).model_fields
        return next(
            (n for n in SHAPE_SETTINGS if getattr(self, n) != known[n].default), None
        )

    def _import_trainer(self) -> Trainer:
        from generator.networks.textgenrnn import training

        return training

    def foreign_key(self) -> str:
        """Return a hash of the weight files that training starts from, or ""."""
        if self.files is None:
            return ""
        shas = [
            files.digest(path.read_bytes()) for path in self._find_paths(self.files)
        ]
        return files.digest("".join(shas).encode())

    def _make_plan(self, seed: int) -> Any:  # noqa: ANN401 - a plan of `networks`
        from generator.networks.textgenrnn.network import TextGenRnnSettings
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
        if self.files is None:
            return None
        trio = upstream.read_upstream_files(*self._find_paths(self.files))
        for name in sorted(self.model_fields_set.intersection(SHAPE_SETTINGS)):
            asked, found = getattr(self, name), getattr(trio.settings, name)
            if asked != found:
                raise ConfigError(
                    f"{self.files.config}: {name} is {found}, the study says {asked}; "
                    "the files bring their own settings: leave it out"
                )
        return trio

    def _find_paths(self, named: WeightFiles) -> tuple[Path, Path, Path]:
        """Return the paths of weights, vocabulary and config in the study's folder.

        Raises:
            ConfigError: A file is missing or a link, or the folders are not known.
        """
        if self._folders is None:
            raise ConfigError(
                "files: the study's folder is not known; place the recipe"
            )
        root = self._folders.study.resolve()
        names = (named.weights, named.vocabulary, named.config)
        weights, vocabulary, config = (root / name for name in names)
        for path, name in zip((weights, vocabulary, config), names, strict=True):
            if not path.is_file():
                raise ConfigError(f"{name}: no such file in the study's folder")
            if path.resolve() != path:
                raise ConfigError(f"{name}: a link; put the file itself there")
        return weights, vocabulary, config
