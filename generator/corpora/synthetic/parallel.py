"""Pairs of sentences made here, of which it is known which word gave which.

1. An English sentence is drawn: somebody does something to something, often somewhere.
2. Its translation follows by rule. An adjective changes places with its noun and an
   adverb with its verb (`swaps`); some words become two (`fertility`); articles are
   dropped (`drops`). All other words become one, in their order.
3. Each target word is linked to the one source word that it comes from.

With `task: copy` the target is the source, with `reverse` the source from its end; who
reads the alignment of these must see a diagonal, and an anti-diagonal.

The lexicon is one to one, so a model that attends to the word it translates attends to
the links. It need not: where the target so far tells what comes next, looking anywhere
does as well. Fertility `own` makes such places, `shared` avoids them.

The words of the planted pairs: a small English and what it becomes.

The other language is invented. Every English word has one translation of its own, which
no other word shares, so that who knows the lexicon knows which word gave which. Some
words become two (`SHARED`, `OWN`), the articles become none.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from generator.corpora.base import Alignment, Annotation, Document, SyntheticCorpus
from generator.corpora.synthetic.grammar import Draws

NOUNS = {
    "miller": "molar", "baker": "panor", "sailor": "navor", "doctor": "medor",
    "teacher": "skolor", "farmer": "agror", "painter": "pintor", "singer": "kantor",
    "horse": "kavo", "dog": "hundo", "cat": "kato", "goat": "kapro",
    "house": "domo", "boat": "barko", "book": "libro", "table": "tavlo",
    "letter": "skribo", "apple": "pomo", "river": "rivo", "garden": "jardo",
    "window": "fenso", "lamp": "lumpo", "coat": "manto", "song": "kanzo",
}  # fmt: skip
ADJECTIVES = {
    "old": "vekia", "young": "juna", "red": "ruja", "white": "blanka", "small": "peta",
    "tall": "alta", "quiet": "silenta", "clever": "saja", "heavy": "graviza",
    "new": "nova", "tired": "lasa", "strange": "kurioza",
}  # fmt: skip
VERBS = {
    "sells": "vendi", "buys": "akiri", "sees": "vidi", "finds": "trovi",
    "paints": "pinti", "carries": "porti", "follows": "segui", "hears": "audi",
    "draws": "desini", "keeps": "gardi", "brings": "adui", "loses": "perdi",
}  # fmt: skip
ADVERBS = {
    "often": "oftel", "slowly": "lentel", "gladly": "gajel", "rarely": "rarel",
    "soon": "bentel", "never": "nunkel",
}  # fmt: skip
POSSESSIVES = {
    "my": "mia", "your": "tua", "her": "sua", "his": "lia", "our": "nia",
    "their": "ilia",
}  # fmt: skip
PREPOSITIONS = {
    "under": "sub", "behind": "retro", "with": "kum", "without": "sen",
    "near": "prok", "beside": "lado",
}  # fmt: skip
ARTICLES = ("the", "a", "this")

SHARED = {
    "near": ("al", "proksim"), "beside": ("al", "flank"), "behind": ("al", "dors"),
    "loses": ("non", "teni"), "never": ("non", "iam"), "strange": ("non", "kutima"),
    "brings": ("fa", "venir"), "follows": ("fa", "sekur"), "lamp": ("vaso", "lumo"),
    "window": ("vaso", "okul"), "our": ("de", "noi"), "their": ("de", "ili"),
}  # fmt: skip
"""Words that become two, whose first does not tell the second."""

FIRSTS = {
    "near": "ad", "beside": "el", "behind": "ret", "loses": "mal", "never": "in",
    "strange": "ekst", "brings": "ka", "follows": "post", "lamp": "lum",
    "window": "vent", "our": "do", "their": "dil",
}  # fmt: skip
OWN = {word: (FIRSTS[word], second) for word, (_, second) in SHARED.items()}
"""The same, each with a first of its own: who has written it knows the second."""

MARKS = (".", "?", "!")
"""What a sentence may end with; the same in both languages."""

SINGLE = {
    **NOUNS, **ADJECTIVES, **VERBS, **ADVERBS, **POSSESSIVES, **PREPOSITIONS,
    "the": "lu", "a": "un", "this": "esto", **{mark: mark for mark in MARKS},
}  # fmt: skip
"""Every word and its one translation."""


DOUBLE = {"shared": SHARED, "own": OWN, "none": {}}
FRONT = {*ADJECTIVES, *ADVERBS}
"""Words that stand after the next one in the other language."""


class PlantedPairs(SyntheticCorpus):
    """Pairs of sentences made here, of which it is known which word gave which."""

    document_noun: ClassVar[str] = "pair"
    holds: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.TRANSLATION, Annotation.ALIGNMENT}
    )
    source: ClassVar[str] = (
        "a grammar of sentences and their translations, part of this program"
    )
    kind: Literal["planted_pairs"] = "planted_pairs"
    documents: int = Field(default=3000, ge=1, le=1_000_000)
    """How many pairs."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other sentences from the same words."""
    task: Literal["translate", "copy", "reverse"] = "translate"
    """What the target is: a translation, the source, or the source from its end."""
    swaps: bool = True
    """Whether adjectives and adverbs stand on the other side of their word."""
    fertility: Literal["shared", "own", "none"] = "shared"
    """Which words become two: with a first word that others have too, so that the
    second must be looked up; with a first of their own, which tells it; or none."""
    drops: bool = True
    """Whether articles become nothing."""

    def make_document(self, index: int) -> Document:
        """Pair number `index`; it depends on nothing but it and the settings."""
        words = make_english_sentence(Draws("pair", self.seed, index))
        written = [
            (target, source)
            for source in self.find_target_order(words)
            for target in self.translate_word(words[source])
        ]
        return Document(
            text=" ".join(words),
            translation=" ".join(word for word, _ in written),
            alignment=Alignment(tuple((i, at) for i, (_, at) in enumerate(written))),
        )

    def find_target_order(self, words: list[str]) -> list[int]:
        """The places of the source's words in the order of the target."""
        places = list(range(len(words)))
        if self.task != "translate":
            return places[:: 1 if self.task == "copy" else -1]
        if self.swaps:
            for place in [p for p in places if words[p] in FRONT]:
                places[place], places[place + 1] = place + 1, place
        return places

    def translate_word(self, word: str) -> tuple[str, ...]:
        """What a word becomes: itself, nothing, one word or two."""
        if self.task != "translate":
            return (word,)
        if self.drops and word in ARTICLES:
            return ()
        return DOUBLE[self.fertility].get(word, (SINGLE[word],))


def make_english_sentence(draws: Draws) -> list[str]:
    """An English sentence."""
    words = [
        *make_noun_phrase(draws),
        *make_verb_phrase(draws),
        *make_noun_phrase(draws),
    ]
    if draws.number(3):
        words += [draws.pick(tuple(PREPOSITIONS)), *make_noun_phrase(draws)]
    return [*words, draws.pick(MARKS)]


def make_noun_phrase(draws: Draws) -> list[str]:
    """A noun with what stands before it."""
    first = draws.pick((*ARTICLES, draws.pick(tuple(POSSESSIVES))))
    adjective = [draws.pick(tuple(ADJECTIVES))] if draws.number(2) else []
    return [first, *adjective, draws.pick(tuple(NOUNS))]


def make_verb_phrase(draws: Draws) -> list[str]:
    """A verb, sometimes with an adverb before it."""
    adverb = [draws.pick(tuple(ADVERBS))] if draws.number(2) else []
    return [*adverb, draws.pick(tuple(VERBS))]
