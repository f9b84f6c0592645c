"""Stories made here, with a question that one of their sentences answers.

People go from place to place and leave things there; then somebody asks where one of
them is.

1. A story has a few sentences and a question: *Where is Emma?*, or *Where is the milk?*
   The answer is a place, one of eight, and the label of the story.
2. The sentence that answers is the last one that says where the one asked about is. Its
   words are the rationale. It stands at every place of a story equally often, the first
   and the last among them.
3. Other sentences say where others are, in the same words, so that every story names
   several places. Some name the one asked about without saying where it is: *Ben looked
   for the milk in the attic* says where Ben is. These come behind the answer too.
4. Half of the sentences before it that are about the one asked about say that it was
   somewhere else before. None names the same place for it, so that without the answer
   another one follows, or none.
5. In each stretch of 16 stories every place is the answer twice, once for a person and
   once for a thing.

Nothing tells a reader which sentence answers; it follows from how the story was made.

Source: the first task of Weston et al. (2015), Towards AI-complete question answering:
a set of prerequisite toy tasks, arXiv 1502.05698, where people move and nothing else.
Differs: written anew, with things, with sentences that name without placing, and with
the answer's place in the story balanced.

The sentences of stories, and what each of them tells about where things are.

A `Form` is a sentence with gaps: `$who`, `$other` (somebody else), `$thing` and
`$place`. `places` names the gaps whose filling the sentence puts at its place; what it
mentions besides stays where it was. So *Anna talked about Ben in the garden* says where
Anna is and not where Ben is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import Field, model_validator

from generator.corpora.base import Annotation, Document, SyntheticCorpus
from generator.corpora.synthetic.grammar import Draws, shuffled
from generator.corpora.words import joined

Gap = Literal["who", "other", "thing", "place"]

PEOPLE = ("Anna", "Ben", "Clara", "David", "Emma", "Frank", "Greta", "Hugo")
THINGS = ("apple", "ball", "key", "lamp", "letter", "milk")
PLACES = (
    *("attic", "bathroom", "cellar", "garage"),
    *("garden", "hallway", "kitchen", "library"),
)
LEADS = ((), (), (), (), (), ("then",), ("later",), ("after", "that"))
"""What a sentence may begin with."""


@dataclass(frozen=True, slots=True)
class Form:
    """A sentence with gaps, and the gaps that it puts at its place."""

    words: str
    places: tuple[Gap, ...] = ()


MOVES = (
    Form("$who went to the $place", ("who",)),
    Form("$who walked into the $place", ("who",)),
    Form("$who came back to the $place", ("who",)),
    Form("$who hurried to the $place", ("who",)),
    Form("$who is in the $place now", ("who",)),
)
PUTS = (
    Form("$who left the $thing in the $place", ("who", "thing")),
    Form("$who put the $thing down in the $place", ("who", "thing")),
    Form("$who dropped the $thing in the $place", ("who", "thing")),
    Form("the $thing is in the $place now", ("thing",)),
    Form("the $thing lies in the $place", ("thing",)),
)
ASIDES = (
    Form("$who talked about $other in the $place", ("who",)),
    Form("$who waited for $other in the $place", ("who",)),
    Form("$who looked for the $thing in the $place", ("who",)),
    Form("$who sang of the $thing in the $place", ("who",)),
)
IDLE = (
    Form("$who sat down"),
    Form("$who was tired"),
    Form("$who told $other a story"),
    Form("$who asked $other for the $thing"),
    Form("$who thought of the $thing"),
)
FORMS = (*MOVES, *PUTS, *ASIDES, *IDLE)


class Sentence(NamedTuple):
    """Words of a sentence without its full stop, and what it puts where."""

    words: tuple[str, ...]
    placed: Mapping[str, str]
    """Who or what is now at which place."""


def gaps(form: Form) -> tuple[Gap, ...]:
    """The gaps of a form, in its order."""
    found = (word[1:] for word in form.words.split() if word.startswith("$"))
    return tuple(found)  # type: ignore[arg-type]  # forms have no others


def filled(form: Form, draws: Draws, given: Mapping[Gap, str]) -> Sentence:
    """A form with its gaps filled: as `given` says, the others drawn.

    Nobody stands in it twice.
    """
    wanted = dict(given)
    for gap in gaps(form):
        if gap not in wanted:
            free = [one for one in choices(gap) if one not in wanted.values()]
            wanted[gap] = draws.pick(free)
    named = {f"${gap}": one for gap, one in wanted.items()}
    words = (*draws.pick(LEADS), *form.words.split())
    return Sentence(
        tuple(named.get(word, word) for word in words),
        {wanted[gap]: wanted["place"] for gap in form.places},
    )


def choices(gap: Gap) -> tuple[str, ...]:
    """What can fill a gap."""
    return {"thing": THINGS, "place": PLACES}.get(gap, PEOPLE)


Asked = Literal["who", "thing"]
KINDS: tuple[Asked, ...] = ("who", "thing")
ABOUT = 4
"""Of ten other sentences, how many name the one asked about."""


class Stories(SyntheticCorpus):
    """Stories made here, with a question that one of their sentences answers."""

    holds: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.LABEL, Annotation.RATIONALE}
    )
    source: ClassVar[str] = "a grammar of stories, part of this program"
    kind: Literal["stories"] = "stories"
    documents: int = Field(default=3000, ge=1, le=1_000_000)
    """How many stories."""
    shortest: int = Field(default=4, ge=1, le=50)
    """Sentences of the shortest story, its question not counted."""
    longest: int = Field(default=10, ge=1, le=50)
    """Sentences of the longest."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other stories from the same words."""

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.longest < self.shortest:
            raise ValueError(
                f"longest: {self.longest} is below shortest, {self.shortest}; raise it"
            )
        return self

    def document(self, index: int) -> Document:
        """Story number `index`, its answer and the sentence that gives it."""
        return story(self.seed, index, range(self.shortest, self.longest + 1))

    def labels(self) -> tuple[str, ...]:
        """All answers."""
        return PLACES


def story(seed: int, index: int, lengths: range) -> Document:
    """Story number `index`; it depends on nothing but its arguments."""
    sentences, answering, question, answer = told(seed, index, lengths)
    words = [[*one.words, "."] for one in sentences]
    before = sum(map(len, words[:answering]))
    return Document(
        text=natural([*words, [*question, "?"]]),
        label=answer,
        rationale=((before, before + len(words[answering])),),
    )


def told(
    seed: int, index: int, lengths: range
) -> tuple[list[Sentence], int, tuple[str, ...], str]:
    """A story's sentences, which of them answers, the question, and the answer."""
    block, number = divmod(index, len(KINDS) * len(PLACES))
    kind, answer = cells(seed, block)[number]
    draws = Draws("story", lengths.start, lengths.stop, seed, index)
    asked = draws.pick(PEOPLE if kind == "who" else THINGS)
    count = draws.pick(lengths)
    answering = draws.number(count)
    sentences = [
        answers(draws, kind, asked, answer)
        if place == answering
        else other(draws, kind, asked, answer, before=place < answering)
        for place in range(count)
    ]
    article = ("the",) if kind == "thing" else ()
    return sentences, answering, ("where", "is", *article, asked), answer


@lru_cache(maxsize=1)
def cells(seed: int, block: int) -> list[tuple[Asked, str]]:
    """What is asked about and the answer, in one stretch, each pair once."""
    return shuffled(tuple(product(KINDS, PLACES)), "stories", seed, block)


def answers(draws: Draws, kind: Asked, asked: str, place: str) -> Sentence:
    """A sentence that puts the one asked about at `place`."""
    forms = [form for form in (*MOVES, *PUTS, *ASIDES) if kind in form.places]
    return filled(draws.pick(forms), draws, {kind: asked, "place": place})


def other(
    draws: Draws, kind: Asked, asked: str, answer: str, *, before: bool
) -> Sentence:
    """A sentence that does not answer; only `before` it may it place the one asked."""
    while True:
        found = drawn(draws, kind, asked, before=before)
        where = found.placed.get(asked)
        if where is None or (before and where != answer):
            return found


def drawn(draws: Draws, kind: Asked, asked: str, *, before: bool) -> Sentence:
    """A sentence that may or may not be about the one asked about."""
    if draws.number(10) >= ABOUT:
        return filled(draws.pick(FORMS), draws, {})
    if before and draws.number(2):
        return answers(draws, kind, asked, draws.pick(PLACES))
    form, gap = draws.pick(mentions(kind))
    return filled(form, draws, {gap: asked})


@lru_cache
def mentions(kind: Asked) -> tuple[tuple[Form, Gap], ...]:
    """Forms that name without placing, and the gap in which they do."""
    named = {"who", "other"} if kind == "who" else {"thing"}
    return tuple(
        (form, gap)
        for form in (*ASIDES, *IDLE)
        for gap in gaps(form)
        if gap in named and gap not in form.places
    )


def natural(sentences: Sequence[Sequence[str]]) -> str:
    """Sentences as ordinary text, each with a capital letter."""
    texts = (joined(words) for words in sentences)
    return " ".join(text[0].upper() + text[1:] for text in texts)
