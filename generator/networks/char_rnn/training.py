"""Training a char-rnn as a study words it, into a folder that is complete or not.

1. Documents become ids, character by character, without marks; a share of them, chosen
   by the seed, is held out. The vocabulary is that of the training documents.
2. The training documents are divided into streams and read in order, see `sequences`;
   `training.train` does the rest, then the folder is declared complete.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from generator.core import files
from generator.core.errors import CorpusError
from generator.core.progress import Progress
from generator.corpora import tokenization
from generator.corpora.base import Corpus, split
from generator.corpora.tokenization import Vocabulary
from generator.networks.char_rnn.inference import CharNetwork
from generator.networks.char_rnn.network import Settings, build, loss, shapes
from generator.networks.parameters import Arrays, Shapes
from generator.networks.training import loop
from generator.networks.training.saved_model import Json, Kept, Lesson, learn
from generator.networks.training.streams import Parts, WindowStreams

MOST = 10_000
"""Distinct characters that are known."""
JUDGED = 5
"""Held-out parts are so many times as long as a step: little of them is read cold."""


@dataclass(frozen=True)
class Plan:
    """What to train, and how."""

    settings: Settings
    training: loop.Settings
    length: int  # characters of a step
    validation: float  # share of documents held out


def train(
    corpus: Corpus, plan: Plan, seed: int, folder: Path, progress: Progress
) -> None:
    """Train into `folder`, going on where an earlier run stopped; see `ModelSpec`."""
    learnt, held = split(corpus, plan.validation, seed)
    texts = [document.text for document in corpus.documents]
    vocabulary = tokenization.build_vocabulary(
        (texts[index] for index in learnt), False, MOST, single_text=True
    )
    ids, offsets = tokenization.encode(texts, vocabulary)
    streams = WindowStreams(ids, offsets, learnt, plan.settings.streams, plan.length)
    if not len(streams):
        raise CorpusError(
            f"{sum(len(texts[i]) for i in learnt):,} characters to learn from; "
            f"expected more than {plan.settings.streams} streams of {plan.length}: "
            "give the corpus more, or lower batch_size or length"
        )
    lesson = Lesson(
        build(plan.settings, len(vocabulary), seed),
        loss,
        streams,
        Parts(ids, offsets, held, plan.length * JUDGED),
        identity=files.digest("\n".join(vocabulary.tokens).encode("utf-8", "replace")),
        seed_generators=plan.settings.rnn_layers,
        shape=asdict(plan.settings),
        vocabulary={"tokens": vocabulary.tokens},
        documents=held,
        learnt="parts",
    )
    learn(lesson, plan.training, folder, progress)


class Trained(Kept[CharNetwork]):
    """A trained char-rnn, read from its folder."""

    learnt = "parts"

    def _understand(self, model: Json, vocabulary: Json) -> Shapes:
        self.settings = Settings(**model)
        self.vocabulary = Vocabulary(tuple(vocabulary["tokens"]), False, None)
        return shapes(self.settings, len(self.vocabulary))

    def _network(self, arrays: Arrays, epoch: int) -> CharNetwork:
        return CharNetwork(self.settings, self.vocabulary, arrays, epoch)
