"""A reader of stories that points: it weighs sentences by a question, and answers.

1. A text is sentences and, as its last one, a question. Every word is a vector of
   `dim_embeddings` channels, and a sentence the sum of its words' vectors, each scaled
   by learnt gains for its place.
2. What a sentence knows of the others: with `between: age` how many of them follow it,
   and nothing of what they say; with `between: gru` what a GRU has read before it and,
   backwards, behind it.
3. The question scores every sentence, and softmax turns the scores into weights, which
   sum to 1 over the story. Padding weighs exactly 0.
4. The context is the average of the sentences by these weights; one matrix makes logits
   of it, and softmax probabilities of the answers. The question acts through the
   weights alone, so a logit is its bias plus what each sentence gave.

It is trained on answers alone: nothing tells it which sentence holds one. So where it
points is for it to find, and with `between: gru` a sentence may hold what another says.

What explains words explains its sentences: attention and its history, leaving one out,
gradients and the rest take each for a token, and the question for what is asked about
them, which is neither weighed nor left out.

The division into training, validation and test documents is that of every other
classifier of the study with the same shares.

Source: end-to-end memory networks with one hop, Sukhbaatar, Szlam, Weston and Fergus
(2015), arXiv 1503.08895; a GRU over sentences as in Xiong, Merity and Socher (2016),
arXiv 1603.01417.
Differs: gains by place are learnt; key and value are one vector; the answer is made of
the context without the question.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from generator.corpora.base import Annotation
from generator.corpora.words import Unit
from generator.models.capabilities import (
    Attentive,
    Averaging,
    Classifier,
    Differentiable,
    Randomisable,
    StoryReader,
)
from generator.models.trained_by_epochs import SeededSpec, Trainer


class PointerRecipe(SeededSpec):
    """A classifier of questions about stories that weighs their sentences."""

    version: ClassVar[int] = 1
    offers: ClassVar[tuple[type, ...]] = (
        Classifier,
        Attentive,
        StoryReader,
        Averaging,
        Differentiable,
        Randomisable,
    )
    expects: ClassVar[frozenset[Annotation]] = frozenset({Annotation.LABEL})
    draws: ClassVar[str] = "pointer"
    kind: Literal["pointer"]
    corpus: str
    """Name of the corpus to learn from: texts whose last sentence is a question."""

    unit: Unit = Field(default="word", exclude_if="word".__eq__)
    """What a sentence is divided into: words, or characters, which scripts without
    spaces between words need."""
    between: Literal["age", "gru"] = "age"
    """What a sentence knows of the others: how many follow it, or what a GRU has read
    in both directions."""
    dim_embeddings: int = Field(default=32, ge=1, le=2048)
    """Channels of a word's vector, and of a sentence's."""
    size: int = Field(default=32, ge=1, le=2048)
    """Channels of the GRU's state, in each direction; for `between: gru`."""
    max_sentences: int = Field(default=20, ge=1, le=1000)
    """Sentences read of a story, the first ones."""
    max_words: int = Field(default=16, ge=1, le=1000)
    """Words, or characters, read of a sentence, the first ones."""

    epochs: int = Field(default=12, ge=0, le=10_000)
    """How often to go through the training stories."""
    batch_size: int = Field(default=64, ge=1, le=65536)
    """Stories in a step of training."""
    learning_rate: float = Field(default=0.02, gt=0, le=10)
    """Of Adam in the first epoch."""
    decay: float = Field(default=0.8, gt=0, le=1)
    """What the rate is multiplied by after each epoch."""
    validation: float = Field(default=0.1, ge=0, le=0.9)
    """Share of documents to choose the best epoch by, unless the corpus has its own."""
    test: float = Field(default=0.2, ge=0, le=0.9)
    """Share of documents that decide nothing, unless the corpus has its own."""
    seed: int = Field(default=0, ge=0, le=2**32 - 1)
    """Beside the study's seed, decides first weights and the order of stories, but not
    how the corpus is divided."""

    def _import_trainer(self) -> Trainer:
        from generator.networks.pointer import training

        return training

    def _make_plan(self, seed: int) -> Any:  # noqa: ANN401 - a plan of `networks`
        from generator.networks.pointer import network, training

        return self._copy_settings(
            training.PointerPlan,
            settings=self._copy_settings(network.PointerSettings),
            training=self._make_decaying_settings(seed, self.decay),
        )
