"""Training a textgenrnn as a study specifies it, into a folder that is complete or not.

1. The network begins freshly drawn, or from the package's weights, or from a trio of
   upstream's files; in the latter two the vocabulary comes with the weights.
2. Documents become ids; a share of them, chosen by the seed, is held out.
3. `training.loop` does the rest; then the folder is declared complete.

Without epochs and corpus there is nothing to do but to save the weights as epoch 0.

Differs: upstream holds out windows, drawn anew each time; here whole documents are
held out. The vocabulary counts all documents, as upstream's does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from generator.core import files
from generator.core.errors import CorpusError
from generator.core.progress import Progress
from generator.corpora import tokenization
from generator.corpora.base import Corpus, split_by_document
from generator.corpora.tokenization import Ids, Offsets, Vocabulary, split_tokens
from generator.corpora.words import note_mostly_unknown
from generator.models.base import TrainingLog
from generator.models.textgenrnn_files import TextGenRnnSettings
from generator.networks import compute_fingerprint, parameters
from generator.networks.parameters import Arrays, Shapes
from generator.networks.textgenrnn import whole_sequence
from generator.networks.textgenrnn.cells import WholeSequenceNetwork
from generator.networks.textgenrnn.inference import WindowNetwork
from generator.networks.textgenrnn.network import build_textgenrnn, textgenrnn_shapes
from generator.networks.textgenrnn.upstream import UpstreamFiles
from generator.networks.training import loop
from generator.networks.training.examples import Examples, WindowExamples
from generator.networks.training.loop import snapshot_path
from generator.networks.training.saved_model import (
    Json,
    Lesson,
    SavedNetwork,
    save_model,
    train_into_folder,
)
from generator.networks.training.streams import HeldOutStretches, SequenceStreams

WHOLE_SEQUENCES = "whole_sequences"
"""What a model's file says of one that reads whole sequences."""


@dataclass(frozen=True)
class TextGenRnnPlan:
    """The network to train, what it begins from, and how to train it."""

    settings: TextGenRnnSettings
    start: UpstreamFiles | None  # weights to begin with, which bring their settings
    training: loop.TrainingSettings
    validation: float  # share of documents held out
    dropout: float
    streams: tuple[int, int] | None = None
    """To read whole sequences: how many side by side, and how much of each a step."""


def train(
    corpus: Corpus | None,
    plan: TextGenRnnPlan,
    seed: int,
    folder: Path,
    progress: Progress,
) -> None:
    """Train into `folder`, resuming where an earlier run stopped; see `ModelSpec`.

    Args:
        corpus: Documents to learn from; None to save the weights as they are.
        plan: The network to train, what it begins from, and how to train it.
        seed: Decides the initial weights and the documents held out.
        folder: Gets the trained model.
        progress: Gets reports of steps and epochs.

    Raises:
        CorpusError: There is nothing to learn from.
        IntegrityError: The training diverged.
        ResourceError: A file cannot be written.
    """
    settings = plan.start.settings if plan.start else plan.settings
    vocabulary = (
        plan.start.vocabulary if plan.start else _build_vocabulary(corpus, settings)
    )
    whole = plan.streams is not None
    build = whole_sequence.build_whole_sequence if whole else build_textgenrnn
    model = build(settings, len(vocabulary), seed, plan.dropout)
    if plan.start:
        model.set_weights(plan.start.arrays)
    shape = asdict(settings) | ({WHOLE_SEQUENCES: True} if whole else {})
    tokens = {"mark": vocabulary.mark, "tokens": vocabulary.tokens}
    if corpus is None:
        project = files.find_project_of(folder, files.MODEL_DEPTH)
        parameters.save_variables(snapshot_path(folder, 0), model.weights, project)
        save_model(folder, shape, tokens, _make_empty_log(), (0,))
        return
    learnt, held = split_by_document(corpus, plan.validation, seed)
    ids, offsets = tokenization.encode_texts(
        [d.text for d in corpus.documents], vocabulary
    )
    examples, held_out = _make_examples(ids, offsets, plan, settings, learnt, held)
    lesson = Lesson(
        model,
        whole_sequence.compute_weighted_loss if whole else loop.compute_cross_entropy,
        examples,
        held_out,
        identity=files.digest("\n".join(vocabulary.tokens).encode("utf-8", "replace")),
        seed_generators=_count_seed_generators(settings, plan),
        shape=shape,
        vocabulary=tokens,
        documents=held,
        learnt="parts" if whole else "windows",
        notes=_note_unknown(corpus, (ids, offsets), (learnt, held), vocabulary)
        if plan.start is None
        else (),  # what it began from has learnt other texts
    )
    train_into_folder(lesson, plan.training, folder, progress)


class SavedModel(SavedNetwork[WindowNetwork | WholeSequenceNetwork]):
    """A trained textgenrnn, read from its folder."""

    def _read_settings(self, model: Json, vocabulary: Json) -> Shapes:
        shape = dict(model)
        self.whole = bool(shape.pop(WHOLE_SEQUENCES, False))
        self.settings = TextGenRnnSettings(**shape)
        self.vocabulary = Vocabulary(
            tuple(vocabulary["tokens"]), self.settings.word_level, vocabulary["mark"]
        )
        find_shapes = (
            whole_sequence.whole_sequence_shapes if self.whole else textgenrnn_shapes
        )
        return find_shapes(self.settings, len(self.vocabulary))

    def _build_network(
        self, arrays: Arrays, epoch: int
    ) -> WindowNetwork | WholeSequenceNetwork:
        network = WholeSequenceNetwork if self.whole else WindowNetwork
        return network(self.settings, self.vocabulary, arrays, epoch)


def _note_unknown(
    corpus: Corpus,
    encoded: tuple[Ids, Offsets],
    sides: tuple[Sequence[int], Sequence[int]],
    vocabulary: Vocabulary,
) -> tuple[str, ...]:
    """Note that most of the held-out texts is in no text that is learnt from.

    The vocabulary counts held-out texts too, so it does not tell.
    """
    (ids, offsets), (learnt, held) = encoded, sides
    parts = [np.unique(ids[offsets[i] : offsets[i + 1]]) for i in learnt]
    known = {vocabulary.tokens[int(i) - 1] for part in parts for i in part if i}
    level = vocabulary.word_level
    return note_mostly_unknown(
        known,
        (split_tokens(corpus.documents[index].text, level) for index in held),
        "held-out texts",
        "word" if level else "character",
        remedy="word_level: false",
        missing="in no text that it learns from",
    )


def _build_vocabulary(
    corpus: Corpus | None, settings: TextGenRnnSettings
) -> Vocabulary:
    """Count the tokens of all documents.

    Raises:
        CorpusError: No document holds a token.
    """
    documents = corpus.documents if corpus else ()
    level = settings.word_level
    vocabulary = tokenization.build_vocabulary(
        (
            tokenization.split_tokens(d.text, level) if level else d.text
            for d in documents
        ),
        level,
        settings.max_words,
        settings.single_text,
    )
    if len(vocabulary) - 1 <= (vocabulary.mark is not None):
        raise CorpusError(
            "no token in any document; expected texts to learn from: look at the corpus"
        )
    return vocabulary


def _make_examples(  # noqa: PLR0917 - a corpus, how it is read, both sides
    ids: tokenization.Ids,
    offsets: tokenization.Offsets,
    plan: TextGenRnnPlan,
    settings: TextGenRnnSettings,
    learnt: tuple[int, ...],
    held: tuple[int, ...],
) -> tuple[Examples, Examples]:
    """Return the examples to train on, and the held-out ones."""
    window, seed = settings.max_length, plan.training.seed
    if plan.streams:
        return (
            SequenceStreams(ids, offsets, learnt, *plan.streams, seed),
            HeldOutStretches(ids, offsets, held, window),
        )
    early, late = (
        WindowExamples(ids, offsets, window, side, single_text=settings.single_text)
        for side in (learnt, held)
    )
    return early, late


def _count_seed_generators(settings: TextGenRnnSettings, plan: TextGenRnnPlan) -> int:
    """Return how many seed generators the network has.

    Each LSTM, of each direction, has one; the dropout has one.
    """
    if plan.streams:
        return int(plan.dropout > 0)
    directions = 2 if settings.rnn_bidirectional else 1
    return settings.rnn_layers * directions + (plan.dropout > 0)


def _make_empty_log() -> TrainingLog:
    """Return the log of weights that are used as they came."""
    return TrainingLog(
        epochs=(0,),
        losses=(math.nan,),
        validation_losses=(math.nan,),
        best=0,
        windows=0,
        held_out=(),
        seconds=None,
        fingerprint=compute_fingerprint(),
    )
