"""Sentences as trees, every phrase with its label: the Stanford Sentiment Treebank.

The dataset has three sides: 8,544 sentences for training, 1,101 for validation, 2,210
for the test. `path` names one file of its format (see `brackets`) instead; the study
then divides its sentences. Labels go from very negative to very positive.

1. *Short sentences*, with fewer than `least_words` words, are dropped. A mark alone is
   no word; a bracket is one, since the treebank spells it out. With two classes and six
   words at least, 1,725 test sentences are left, as many as in the study of attention
   that is named below.
2. *Two classes*: neutral sentences are dropped, and the two labels on either side
   become one. 6,920, 872 and 1,821 sentences are left.
3. *Limit*: the first sentences of each side are kept.
4. *Phrases*: each phrase of a sentence left for training is a text of that side, once
   each, as it first appears; a sentence that was dropped gives none. With two classes
   there are 67,349, as published. Where a text has several labels it gets the most
   frequent, the first of a tie. A phrase that is a whole sentence of the other sides,
   capitals and spaces apart, is dropped.

Source: Socher et al., Recursive Deep Models for Semantic Compositionality Over a
Sentiment Treebank, EMNLP 2013. The filter of short sentences: Jain and Wallace,
Attention is not Explanation, NAACL 2019.

Labelled trees in brackets, one a line: `(3 (2 a) (4 delight))`.

A bracket opens with the label of what it holds, a number from 0 to 4; it holds one word
or several brackets. Trees are read without recursion, so none is too deep.

Words are unescaped as the Penn Treebank escapes them: `-LRB-` is an opening bracket,
a slash and a star follow a backslash, quotation marks are doubled accents and
apostrophes. An opening and a closing mark become the same one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator

from generator.core.errors import CorpusError, quote_text
from generator.corpora.base import Annotation, Corpus, Document, Folders, SplitPart
from generator.corpora.download import read_dataset
from generator.corpora.files.base import FileCorpus
from generator.corpora.files.text_files import Encoding, RawFile, decode_text
from generator.corpora.splits import PARTS, check_labels, find_leaks, normalize_text

WORD_LIMIT = 1_000
"""Words of the longest sentence."""
ESCAPES = {
    "-LRB-": "(",
    "-RRB-": ")",
    "-LSB-": "[",
    "-RSB-": "]",
    "-LCB-": "{",
    "-RCB-": "}",
    "``": '"',
    "''": '"',
    "`": "'",
}
PIECE = re.compile(r"(?:\((?P<label>[0-4]) |(?P<word>[^() \t]+)|(?P<close>\)))[ \t]*")


@dataclass(frozen=True, slots=True)
class PhraseTree:
    """The words of a sentence, and the label of each phrase by its half-open span.

    Of brackets around the same words the outermost counts.
    """

    words: tuple[str, ...]
    labels: dict[tuple[int, int], int]

    @property
    def label(self) -> int:
        """The label of the sentence."""
        return self.labels[0, len(self.words)]

    def phrases(self) -> Iterator[tuple[str, int]]:
        """Text and label of every phrase, the sentence first, then as they begin."""
        for start, end in sorted(self.labels, key=lambda span: (span[0], -span[1])):
            yield " ".join(self.words[start:end]), self.labels[start, end]


@dataclass(slots=True)
class OpenBracket:
    """A bracket that is not closed yet."""

    label: int
    start: int
    holds: str = ""  # "", "a word" or "brackets"


class MalformedTreeError(Exception):
    """What is wrong with the brackets of a line."""


def parse_tree(line: str, place: str, number: int) -> PhraseTree:
    """The tree of one line. Raises `CorpusError`, which names line and column."""
    reader = TreeReader()
    try:
        reader.read_line(line)
    except MalformedTreeError as error:
        raise CorpusError(
            f"{quote_text(place)}:{number}:{reader.at + 1}: {error}; expected one "
            f"tree a "
            "line, such as (3 (2 a) (4 delight)); mend the line"
        ) from error
    return PhraseTree(tuple(reader.words), reader.labels)


class TreeReader:
    """What was read of a line, up to `at`. Its methods raise `MalformedError`."""

    def __init__(self) -> None:
        self.at = 0
        self.words: list[str] = []
        self.labels: dict[tuple[int, int], int] = {}
        self.waiting: list[OpenBracket] = []
        """Brackets that are not closed yet, the innermost last."""

    def read_line(self, line: str) -> None:
        """Read the whole line."""
        self.at = len(line) - len(line.lstrip(" \t"))
        while self.at < len(line):
            piece = PIECE.match(line, self.at)
            if piece is None:
                raise MalformedTreeError("a bracket without a label from 0 to 4")
            self.read_piece(piece)
            self.at = piece.end()
        if self.waiting:
            raise MalformedTreeError(f"{len(self.waiting):,} brackets are not closed")
        if not self.words:
            raise MalformedTreeError("no tree")

    def read_piece(self, piece: re.Match[str]) -> None:
        """Read one piece of the line."""
        kind = piece.lastgroup
        if kind == "close":
            self.close_bracket()
        elif not self.waiting and (self.labels or kind == "word"):
            raise MalformedTreeError("text outside of the tree")
        elif kind == "word":
            self.add_word(piece["word"])
        else:
            self.note_content("brackets")
            self.waiting.append(OpenBracket(int(piece["label"]), len(self.words)))

    def note_content(self, what: str) -> None:
        """Note what the innermost bracket holds: one word, or brackets."""
        if not self.waiting:
            return
        held = self.waiting[-1].holds
        if held and "a word" in (held, what):
            raise MalformedTreeError(f"{what} beside {held} in one bracket")
        self.waiting[-1].holds = what

    def add_word(self, word: str) -> None:
        """Add a word to the sentence."""
        self.note_content("a word")
        if len(self.words) == WORD_LIMIT:
            raise MalformedTreeError(f"a sentence of more than {WORD_LIMIT:,} words")
        self.words.append(unescape_word(word))

    def close_bracket(self) -> None:
        """End the innermost bracket."""
        if not self.waiting:
            raise MalformedTreeError("a closing bracket too many")
        done = self.waiting.pop()
        if not done.holds:
            raise MalformedTreeError("an empty bracket")
        self.labels[done.start, len(self.words)] = done.label


def unescape_word(word: str) -> str:
    """A word as it was printed."""
    return ESCAPES.get(word) or word.replace("\\/", "/").replace("\\*", "*")


LABELS = {
    5: ("very negative", "negative", "neutral", "positive", "very positive"),
    2: ("negative", "negative", None, "positive", "positive"),
}
"""What the numbers 0 to 4 mean for a number of classes; None is dropped."""
BRACKETS = frozenset("()[]{}")
SplitSentence = tuple[SplitPart | None, PhraseTree]


class Trees(FileCorpus):
    """Sentences as trees, every phrase with its label."""

    kind: Literal["trees"] = "trees"
    holds = frozenset({Annotation.LABEL})
    classes: Literal[2, 5] = 5
    """Five labels, or negative and positive alone."""
    phrases: bool = False
    """Whether each phrase of a training sentence is a text to learn from too."""
    least_words: int = Field(default=1, ge=1, le=100)
    """Drop sentences with fewer words; a mark alone is no word, a bracket is one."""
    limit: int | None = Field(default=None, ge=1)
    """Keep this many sentences on each side, the first ones."""
    encoding: Encoding = "utf-8"
    """How the file's bytes are read."""

    @model_validator(mode="after")
    def _sides_for_phrases(self) -> Self:
        if self.phrases and self.path is not None:
            raise ValueError(
                "phrases: a file named by path has no sides, so phrases of a sentence "
                "could be learnt from and the sentence tested; leave out one of the two"
            )
        return self

    def registered_dataset(self) -> str | None:
        """The dataset, unless `path` names a file of its format."""
        return "sst" if self.path is None else None

    def find_label_name(self, number: int) -> str | None:
        """What a number from 0 to 4 means; None for what is dropped."""
        return LABELS[self.classes][number]

    def labels(self) -> tuple[str, ...]:
        """All labels, from negative to positive."""
        return tuple(dict.fromkeys(filter(None, LABELS[self.classes])))

    def load(self, folders: Folders) -> Corpus:
        """The corpus. Raises `CorpusError`; `IntegrityError` for a damaged dataset."""
        raws, counts = self.read_raws(folders), Counter[str]()
        sides: tuple[SplitPart | None, ...] = (
            (None,) if self.registered_dataset() is None else PARTS
        )
        sentences: list[SplitSentence] = []
        notes: tuple[str, ...] = ()
        for raw, side in zip(raws, sides, strict=True):
            text, more = decode_text(raw, self.encoding)
            trees = self.select_sentences(read_trees(text, raw.place), counts)
            sentences += ((side, tree) for tree in trees)
            notes += more
        documents = self.make_documents(sentences, counts)
        labels = self.labels()
        notes += tuple(f"{count:,} {what}" for what, count in counts.items() if count)
        notes += check_labels(documents, labels, raws[0].place)
        return Corpus(
            documents=documents,
            key=self.compute_key("+".join(raw.fingerprint for raw in raws)),
            notes=notes + find_leaks(documents),
            source=self.describe_source(raws[0]),
            labels=labels,
        )

    def read_raws(self, folders: Folders) -> tuple[RawFile, ...]:
        """The files: one for each side, or the one that `path` names."""
        name = self.registered_dataset()
        if name is None:
            return (self.read_raw(folders),)
        return read_dataset(name, folders.data)

    def select_sentences(
        self, trees: Sequence[PhraseTree], counts: Counter[str]
    ) -> list[PhraseTree]:
        """The sentences of one side that are used; what went is added to `counts`."""
        long = [tree for tree in trees if count_spoken_words(tree) >= self.least_words]
        told = [tree for tree in long if self.find_label_name(tree.label)]
        kept = told[: self.limit]
        short = f"sentences dropped with fewer than {self.least_words:,} words"
        counts[short] += len(trees) - len(long)
        counts["neutral sentences dropped"] += len(long) - len(told)
        beyond = f"sentences dropped beyond the first {self.limit or 0:,} of their side"
        counts[beyond] += len(told) - len(kept)
        return kept

    def make_documents(
        self, sentences: Sequence[SplitSentence], counts: Counter[str]
    ) -> tuple[Document, ...]:
        """Sentences, or the phrases of those for training, as documents."""
        if not self.phrases:
            return tuple(self.make_document(*sentence) for sentence in sentences)
        rest = [self.make_document(*s) for s in sentences if s[0] != "train"]
        tested = {normalize_text(document.text) for document in rest}
        texts = count_votes(
            self.list_labelled_phrases(
                tree for side, tree in sentences if side == "train"
            )
        )
        kept = {
            t: votes for t, votes in texts.items() if normalize_text(t) not in tested
        }
        dropped = "phrases dropped that are sentences of another side"
        counts[dropped] += len(texts) - len(kept)
        counts["phrases with several labels, given the most frequent one"] += sum(
            len(found) > 1 for found in kept.values()
        )
        taught = (
            Document(
                text, label=max(found, key=lambda label: found[label]), part="train"
            )
            for text, found in kept.items()
        )  # max: the first of a tie, and a counter keeps the order of its first entries
        return (*taught, *rest)

    def list_labelled_phrases(
        self, trees: Iterable[PhraseTree]
    ) -> Iterator[tuple[str, str]]:
        """Every phrase of some sentences that has a label, and the label."""
        for tree in trees:
            for text, number in tree.phrases():
                if label := self.find_label_name(number):
                    yield text, label

    def make_document(self, side: SplitPart | None, tree: PhraseTree) -> Document:
        """A sentence as a document."""
        return Document(
            " ".join(tree.words), label=self.find_label_name(tree.label), part=side
        )


def read_trees(text: str, place: str) -> list[PhraseTree]:
    """The tree of each line that is not blank. Raises `CorpusError`."""
    return [
        parse_tree(line, place, number)
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip(" \t")
    ]


def count_spoken_words(tree: PhraseTree) -> int:
    """How many words of a sentence hold a letter or a digit, or are brackets."""
    return sum(word in BRACKETS or any(map(str.isalnum, word)) for word in tree.words)


def count_votes(told: Iterable[tuple[str, str]]) -> dict[str, Counter[str]]:
    """How often each text has each label, in the order of first appearance."""
    found: dict[str, Counter[str]] = {}
    for text, label in told:
        found.setdefault(text, Counter())[label] += 1
    return found
