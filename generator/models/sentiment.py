"""An attentional classifier of texts: an encoder, attention over its states, logits.

1. Words of a text become vectors of `dim_embeddings` channels, drawn at random or read
   from a file in GloVe's format.
2. An encoder turns them into states: LSTMs or GRUs, in one direction or both, or, as
   `average`, nothing but each word's own vector, passed through tanh.
3. Attention scores every state, and softmax turns the scores into weights, which sum
   to 1 over the text. Padding is masked; unmasked, every text is padded to `max_tokens`
   and padding is weighed like a word, to show how much of the attention it takes.
4. The context is the average of the states by these weights. An attention GRU reads the
   states once more instead, each weight standing in the place of its update gate.
   Without attention, the context is the encoder's last state.
5. One matrix makes logits of the context, and softmax probabilities. So with the
   average a logit is its bias plus a sum over the words: what each gave is known.

In training, `dropout` hides channels of the vectors, the same ones all through a text,
and channels of the context; `word_dropout` reads words as unknown ones, so that the
vector of unknown words is learnt too. Adam makes the steps, on batches of texts of like
lengths. The division into training, validation and test documents follows from the
study's seed and the shares alone, whatever the model and its own seed, so that models
of one study can be compared text by text. The vocabulary is counted on training
documents.

With `right_reasons`, words that an annotation mask of the corpus names must not matter:
training also makes small what the gradient of the summed log probabilities is at the
vectors of these words (`networks.right_reasons`). The network, once trained, is asked
like any other.

Source: the attentional interface of Goku Mohandas (2017), whose score is `double_tanh`;
tanh and dot attention as Jain and Wallace (2019) test them; attention GRU by Xiong,
Merity and Socher (2016).
Differs: padding weighs exactly 0 unless asked for; a text's weights sum to 1 over what
was averaged. Words are told apart as `words` describes, not by a pretrained tokeniser.
"""

from __future__ import annotations

import hashlib
import operator
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from generator.core.errors import ConfigError, SettingError, StudyError
from generator.core.spec import RelativePath
from generator.corpora.base import Annotation
from generator.corpora.files.text_files import find_corpus_file, open_corpus_file
from generator.corpora.words import Unit
from generator.models.base import ExportFormat
from generator.models.capabilities import (
    Attentive,
    Averaging,
    Classifier,
    Differentiable,
    Randomisable,
)
from generator.models.trained_by_epochs import RightReasons, SeededSpec, Trainer
from generator.models.word_vectors import check_vectors


class Sentiment(SeededSpec):
    """A classifier of texts that weighs their words."""

    version: ClassVar[int] = 1
    offers: ClassVar[tuple[type, ...]] = (
        Classifier,
        Attentive,
        Averaging,
        Differentiable,
        Randomisable,
    )
    expects: ClassVar[frozenset[Annotation]] = frozenset({Annotation.LABEL})
    draws: ClassVar[str] = "sentiment"
    export_formats: ClassVar[tuple[ExportFormat, ...]] = ("keras",)
    kind: Literal["sentiment"]
    corpus: str
    """Name of the corpus to learn from."""

    encoder: Literal["lstm", "gru", "average"] = "lstm"
    """What turns words into states; `average` lets no word know its neighbours."""
    bidirectional: bool = True
    """Whether an LSTM or GRU reads in both directions."""
    layers: int = Field(default=1, ge=1, le=8)
    """How many encoders, one over the other."""
    size: int = Field(default=64, ge=1, le=2048)
    """Channels of a state, in each direction."""
    layer_normalization: bool = False
    """Whether the gates of a GRU are normalised over its channels."""
    attention: Literal["tanh", "dot", "double_tanh", "uniform", "none"] = "tanh"
    """How states are scored; `uniform` weighs all alike, `none` takes the last one."""
    dim_attention: int = Field(default=64, ge=1, le=2048)
    """Hidden channels of the scores `tanh` and `double_tanh`."""
    masked: bool = True
    """Whether padding is left out; else every text is padded to `max_tokens`."""
    pooling: Literal["average", "attention_gru"] = "average"
    """What makes one context of states and weights."""
    dim_embeddings: int = Field(default=100, ge=1, le=2048)
    """Channels of a word's vector."""
    vectors: RelativePath | None = None
    """A file of word vectors to begin with, in GloVe's text format, in the study's
    folder or in the data folder; words that are not in it are drawn as without."""
    train_vectors: bool = True
    """Whether training changes the vectors that were read."""

    unit: Unit = Field(default="word", exclude_if="word".__eq__)
    """What a token is; `character` is for scripts without spaces between words."""
    max_tokens: int = Field(default=200, ge=1, le=5000)
    """Words read of a text, the first ones."""
    max_words: int = Field(default=20_000, ge=1, le=1_000_000)
    """The most frequent words that are known; the others are unknown."""
    least_count: int = Field(default=1, ge=1, le=1_000_000)
    """How often training texts must hold a word for it to be known."""

    epochs: int = Field(default=4, ge=0, le=10_000)
    """How often to go through the training texts."""
    batch_size: int = Field(default=64, ge=1, le=65536)
    """Texts in a step of training."""
    learning_rate: float = Field(default=1e-3, gt=0, le=10)
    """Of Adam in the first epoch."""
    decay: float = Field(default=1.0, gt=0, le=1)
    """What the rate is multiplied by after each epoch."""
    learning_rate_floor: float = Field(default=0.0, ge=0, le=10)
    """Below which the rate does not fall."""
    dropout: float = Field(default=0.5, ge=0, lt=1)
    """Share of channels dropped in training, of words' vectors and of the context."""
    word_dropout: float = Field(default=0.2, ge=0, lt=1)
    """Share of words that training reads as unknown ones, drawn for each anew."""
    class_weights: Literal["none", "balanced"] = "none"
    """`balanced` makes all labels weigh the same in the loss, however many texts have
    them; the held-out loss is weighed alike."""
    validation: float = Field(default=0.1, ge=0, le=0.9)
    """Share of documents to choose the best epoch by, unless the corpus has its own."""
    test: float = Field(default=0.2, ge=0, le=0.9)
    """Share of documents that decide nothing, unless the corpus has its own."""
    permute_labels: bool = Field(default=False, exclude_if=operator.not_)
    """Whether training texts get each other's labels, in an order that follows from the
    study's seed. Validation and test texts keep their own, so that accuracy on them is
    chance. Ask such a model about its last epoch: none is better than another."""
    right_reasons: RightReasons | None = Field(default=None, exclude_if=operator.not_)
    """A penalty on gradients at words that must not matter; null trains without."""
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    """Beside the study's seed, decides first weights, dropout and the order of texts,
    but not how the corpus is divided."""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        """Raises `ValueError` where settings contradict each other."""
        if self.layer_normalization and self.encoder != "gru":
            raise ValueError(
                f"layer_normalization is for encoder: gru, not {self.encoder}; "
                "leave it out, or change the encoder"
            )
        if self.attention == "none" and self.pooling == "attention_gru":
            raise ValueError(
                "pooling: attention_gru needs weights, and attention: none makes none; "
                "change one of them"
            )
        if self.attention == "none" and self.encoder == "average":
            raise ValueError(
                "attention: none takes the last state, and encoder: average has none; "
                "use attention: uniform for the plain average"
            )
        scored = self.attention in {"tanh", "double_tanh"}
        if "dim_attention" in self.model_fields_set and not scored:
            raise ValueError(
                f"dim_attention is for tanh and double_tanh, not {self.attention}; "
                "leave it out"
            )
        if not self.masked and "max_tokens" not in self.model_fields_set:
            raise ValueError(
                "masked: false pads every text to max_tokens, so that number decides "
                "how much padding there is; write it"
            )
        if not (self.vectors or self.train_vectors):
            raise ValueError(
                "train_vectors: false keeps vectors that were read, and none are; "
                "name a file under vectors"
            )
        if self.right_reasons and not self.right_reasons.mask:
            raise ValueError(
                "right_reasons needs the name of an annotation mask of the corpus, "
                "which says what words must not matter; write mask:"
            )
        if self.learning_rate_floor > self.learning_rate:
            raise ValueError(
                f"learning_rate_floor {self.learning_rate_floor:g} is above the "
                f"learning_rate {self.learning_rate:g}; lower it"
            )
        return self

    def capabilities(self) -> tuple[type, ...]:
        """Return the capabilities that the kind of attention and pooling allows.

        Attention weights need attention, and an exact decomposition needs an average.
        """
        if self.attention == "none":
            return (Classifier, Differentiable, Randomisable)
        if self.pooling == "attention_gru":
            return (Classifier, Attentive, Differentiable, Randomisable)
        return self.offers

    def explain_missing_capability(self, capability: type) -> str:
        """Explain why attention or pooling rules out a capability; "" otherwise."""
        if capability not in self.offers or capability in self.capabilities():
            return ""
        if self.attention == "none":
            return "it weighs no words; set attention: tanh, or leave it out"
        return (
            f"after pooling: {self.pooling} logits are not linear in the weights; set "
            "pooling: average, or leave it out"
        )

    def explain_missing_export(self, form: ExportFormat) -> str:
        """Explain why another program could not load the model; see `ModelSpec`."""
        for unfit, what in (
            (self.layer_normalization, "GRU whose gates are normalised"),
            (self.pooling == "attention_gru", "GRU whose gate is attention"),
        ):
            if unfit and form == "keras":
                return f"Keras has no layer for a {what}"
        return super().explain_missing_export(form)

    def _import_trainer(self) -> Trainer:
        from generator.networks.sentiment import training

        return training

    def foreign_key(self) -> str:
        """Return a hash of the file of word vectors, or "".

        Raises:
            CorpusError: The file cannot be read.
            ConfigError: The folders are not known.
        """
        if self.vectors is None:
            return ""
        sha256 = hashlib.sha256()
        with open_corpus_file(self._find_vectors(self.vectors), self.vectors) as file:
            while data := file.read(1 << 24):
                sha256.update(data)
        return sha256.hexdigest()

    def with_file_settings(self, folder: Path) -> Self:
        """Return the recipe; the vectors' first line must have its size."""
        path = self.vectors
        if path and (folder / path).is_file():
            try:
                check_vectors(folder / path, path, self.dim_embeddings, most=1)
            except StudyError as error:
                raise SettingError(("vectors",), *error.problems) from error
        return self

    def check_files(self) -> None:
        """Check every line of the vectors; see `ModelSpec`."""
        if path := self.vectors:
            check_vectors(self._find_vectors(path), path, self.dim_embeddings)

    def _find_vectors(self, path: str) -> Path:
        """Return the path of the file of word vectors.

        Raises:
            ConfigError: The folders are not known.
            CorpusError: There is no such file.
        """
        if self._folders is None:
            raise ConfigError("vectors: the folders are not known; place the recipe")
        return find_corpus_file(path, self._folders)

    def _make_plan(self, seed: int) -> Any:  # noqa: ANN401 - a plan of `networks`
        from generator.networks.sentiment import network, training

        named, reasons = self.vectors, self.right_reasons
        return self._copy_settings(
            training.SentimentPlan,
            settings=self._copy_settings(network.SentimentSettings),
            reading=self._copy_settings(
                training.SentimentReadingOptions, mask=reasons.mask if reasons else None
            ),
            training=self._make_decaying_settings(
                seed, self.decay, self.learning_rate_floor
            ),
            vectors=(self._find_vectors(named), named) if named else None,
            strength=reasons.strength if reasons else None,
        )
