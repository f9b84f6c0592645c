"""Training a char-rnn as a study specifies it, into a folder that is complete or not.

1. Documents become ids, character by character, without marks; a share of them, chosen
   by the seed, is held out. The vocabulary is that of the training documents.
2. The training documents are divided into streams and read in order, see
   `training.streams`; `training.loop` does the rest, then the folder is declared
   complete.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from generator.core import files
from generator.core.errors import CorpusError
from generator.core.progress import Progress
from generator.corpora import tokenization
from generator.corpora.base import Corpus, split_by_document
from generator.corpora.tokenization import Vocabulary
from generator.corpora.words import note_mostly_unknown
from generator.networks.char_rnn.inference import CharNetwork
from generator.networks.char_rnn.network import (
    CharRnnSettings,
    build_char_rnn,
    char_rnn_shapes,
    compute_sequence_loss,
)
from generator.networks.parameters import Arrays, Shapes
from generator.networks.training import loop
from generator.networks.training.saved_model import (
    Json,
    Lesson,
    SavedNetwork,
    train_into_folder,
)
from generator.networks.training.streams import HeldOutParts, WindowStreams

MOST = 10_000
"""Distinct characters that are known."""
LEAST_HELD_OUT = 5
"""Held-out parts are so many times as long as a step: little of them is read cold."""


@dataclass(frozen=True)
class CharRnnPlan:
    """The network to train and how to train it."""

    settings: CharRnnSettings
    training: loop.TrainingSettings
    length: int  # characters of a step
    validation: float  # share of documents held out


def train(
    corpus: Corpus, plan: CharRnnPlan, seed: int, folder: Path, progress: Progress
) -> None:
    """Train into `folder`, resuming where an earlier run stopped; see `ModelSpec`.

    Args:
        corpus: Documents to learn from.
        plan: The network to train and how to train it.
        seed: Decides the initial weights and the documents held out.
        folder: Gets the trained model.
        progress: Gets reports of steps and epochs.

    Raises:
        CorpusError: There is too little to learn from.
        IntegrityError: The training diverged.
        ResourceError: A file cannot be written.
    """
    learnt, held = split_by_document(corpus, plan.validation, seed)
    texts = [document.text for document in corpus.documents]
    vocabulary = tokenization.build_vocabulary(
        (texts[index] for index in learnt), False, MOST, single_text=True
    )
    ids, offsets = tokenization.encode_texts(texts, vocabulary)
    streams = WindowStreams(ids, offsets, learnt, plan.settings.streams, plan.length)
    if not len(streams):
        raise CorpusError(
            f"{sum(len(texts[i]) for i in learnt):,} characters to learn from; "
            f"expected more than {plan.settings.streams} streams of {plan.length}: "
            "give the corpus more, or lower batch_size or length"
        )
    lesson = Lesson(
        build_char_rnn(plan.settings, len(vocabulary), seed),
        compute_sequence_loss,
        streams,
        HeldOutParts(ids, offsets, held, plan.length * LEAST_HELD_OUT),
        identity=files.digest("\n".join(vocabulary.tokens).encode("utf-8", "replace")),
        seed_generators=plan.settings.rnn_layers,
        shape=asdict(plan.settings),
        vocabulary={"tokens": vocabulary.tokens},
        documents=held,
        learnt="parts",
        notes=note_mostly_unknown(
            vocabulary.ids,
            (texts[index] for index in held),
            "held-out texts",
            "character",
        ),
    )
    train_into_folder(lesson, plan.training, folder, progress)


class SavedModel(SavedNetwork[CharNetwork]):
    """A trained char-rnn, read from its folder."""

    learnt = "parts"

    def _read_settings(self, model: Json, vocabulary: Json) -> Shapes:
        self.settings = CharRnnSettings(**model)
        self.vocabulary = Vocabulary(tuple(vocabulary["tokens"]), False, None)
        return char_rnn_shapes(self.settings, len(self.vocabulary))

    def _build_network(self, arrays: Arrays, epoch: int) -> CharNetwork:
        return CharNetwork(self.settings, self.vocabulary, arrays, epoch)
