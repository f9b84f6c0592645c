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
from generator.corpora.synthetic.grammar import Draws, shuffle_options
from generator.corpora.words import join_sentence

FormGap = Literal["who", "other", "thing", "place"]

PEOPLE = ("Anna", "Ben", "Clara", "David", "Emma", "Frank", "Greta", "Hugo")
THINGS = ("apple", "ball", "key", "lamp", "letter", "milk")
PLACES = (
    *("attic", "bathroom", "cellar", "garage"),
    *("garden", "hallway", "kitchen", "library"),
)
LEADS = ((), (), (), (), (), ("then",), ("later",), ("after", "that"))
"""What a sentence may begin with."""


@dataclass(frozen=True, slots=True)
class SentenceForm:
    """A sentence with gaps, and the gaps that it puts at its place."""

    words: str
    places: tuple[FormGap, ...] = ()


MOVES = (
    SentenceForm("$who went to the $place", ("who",)),
    SentenceForm("$who walked into the $place", ("who",)),
    SentenceForm("$who came back to the $place", ("who",)),
    SentenceForm("$who hurried to the $place", ("who",)),
    SentenceForm("$who is in the $place now", ("who",)),
)
PUTS = (
    SentenceForm("$who left the $thing in the $place", ("who", "thing")),
    SentenceForm("$who put the $thing down in the $place", ("who", "thing")),
    SentenceForm("$who dropped the $thing in the $place", ("who", "thing")),
    SentenceForm("the $thing is in the $place now", ("thing",)),
    SentenceForm("the $thing lies in the $place", ("thing",)),
)
ASIDES = (
    SentenceForm("$who talked about $other in the $place", ("who",)),
    SentenceForm("$who waited for $other in the $place", ("who",)),
    SentenceForm("$who looked for the $thing in the $place", ("who",)),
    SentenceForm("$who sang of the $thing in the $place", ("who",)),
)
IDLE = (
    SentenceForm("$who sat down"),
    SentenceForm("$who was tired"),
    SentenceForm("$who told $other a story"),
    SentenceForm("$who asked $other for the $thing"),
    SentenceForm("$who thought of the $thing"),
)
FORMS = (*MOVES, *PUTS, *ASIDES, *IDLE)


class StorySentence(NamedTuple):
    """Words of a sentence without its full stop, and what it puts where."""

    words: tuple[str, ...]
    placed: Mapping[str, str]
    """Who or what is now at which place."""


def list_gaps(form: SentenceForm) -> tuple[FormGap, ...]:
    """The gaps of a form, in its order."""
    found = (word[1:] for word in form.words.split() if word.startswith("$"))
    return tuple(found)  # type: ignore[arg-type]  # forms have no others


def fill_form(
    form: SentenceForm, draws: Draws, given: Mapping[FormGap, str]
) -> StorySentence:
    """A form with its gaps filled: as `given` says, the others drawn.

    Nobody stands in it twice.
    """
    wanted = dict(given)
    for gap in list_gaps(form):
        if gap not in wanted:
            free = [one for one in list_gap_choices(gap) if one not in wanted.values()]
            wanted[gap] = draws.pick(free)
    named = {f"${gap}": one for gap, one in wanted.items()}
    words = (*draws.pick(LEADS), *form.words.split())
    return StorySentence(
        tuple(named.get(word, word) for word in words),
        {wanted[gap]: wanted["place"] for gap in form.places},
    )


def list_gap_choices(gap: FormGap) -> tuple[str, ...]:
    """What can fill a gap."""
    return {"thing": THINGS, "place": PLACES}.get(gap, PEOPLE)


QuestionKind = Literal["who", "thing"]
QUESTION_KINDS: tuple[QuestionKind, ...] = ("who", "thing")
ABOUT = 4
"""Of ten other sentences, how many name the one asked about."""


class Stories(SyntheticCorpus):
    """Stories made here, with a question that one of their sentences answers."""

    document_noun: ClassVar[str] = "story"
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

    def make_document(self, index: int) -> Document:
        """Story number `index`, its answer and the sentence that gives it."""
        return make_story(self.seed, index, range(self.shortest, self.longest + 1))

    def labels(self) -> tuple[str, ...]:
        """All answers."""
        return PLACES


def make_story(seed: int, index: int, lengths: range) -> Document:
    """Story number `index`; it depends on nothing but its arguments."""
    sentences, answering, question, answer = compose_story(seed, index, lengths)
    words = [[*one.words, "."] for one in sentences]
    before = sum(map(len, words[:answering]))
    return Document(
        text=format_story([*words, [*question, "?"]]),
        label=answer,
        rationale=((before, before + len(words[answering])),),
    )


def compose_story(
    seed: int, index: int, lengths: range
) -> tuple[list[StorySentence], int, tuple[str, ...], str]:
    """A story's sentences, which of them answers, the question, and the answer."""
    block, number = divmod(index, len(QUESTION_KINDS) * len(PLACES))
    kind, answer = draw_story_cells(seed, block)[number]
    draws = Draws("story", lengths.start, lengths.stop, seed, index)
    asked = draws.pick(PEOPLE if kind == "who" else THINGS)
    count = draws.pick(lengths)
    answering = draws.number(count)
    sentences = [
        make_answering_sentence(draws, kind, asked, answer)
        if place == answering
        else make_other_sentence(draws, kind, asked, answer, before=place < answering)
        for place in range(count)
    ]
    article = ("the",) if kind == "thing" else ()
    return sentences, answering, ("where", "is", *article, asked), answer


@lru_cache(maxsize=1)
def draw_story_cells(seed: int, block: int) -> list[tuple[QuestionKind, str]]:
    """What is asked about and the answer, in one stretch, each pair once."""
    return shuffle_options(
        tuple(product(QUESTION_KINDS, PLACES)), "stories", seed, block
    )


def make_answering_sentence(
    draws: Draws, kind: QuestionKind, asked: str, place: str
) -> StorySentence:
    """A sentence that puts the one asked about at `place`."""
    forms = [form for form in (*MOVES, *PUTS, *ASIDES) if kind in form.places]
    return fill_form(draws.pick(forms), draws, {kind: asked, "place": place})


def make_other_sentence(
    draws: Draws, kind: QuestionKind, asked: str, answer: str, *, before: bool
) -> StorySentence:
    """A sentence that does not answer; only `before` it may it place the one asked."""
    while True:
        found = draw_sentence(draws, kind, asked, before=before)
        where = found.placed.get(asked)
        if where is None or (before and where != answer):
            return found


def draw_sentence(
    draws: Draws, kind: QuestionKind, asked: str, *, before: bool
) -> StorySentence:
    """A sentence that may or may not be about the one asked about."""
    if draws.number(10) >= ABOUT:
        return fill_form(draws.pick(FORMS), draws, {})
    if before and draws.number(2):
        return make_answering_sentence(draws, kind, asked, draws.pick(PLACES))
    form, gap = draws.pick(list_mentioning_forms(kind))
    return fill_form(form, draws, {gap: asked})


@lru_cache
def list_mentioning_forms(
    kind: QuestionKind,
) -> tuple[tuple[SentenceForm, FormGap], ...]:
    """Forms that name without placing, and the gap in which they do."""
    named = {"who", "other"} if kind == "who" else {"thing"}
    return tuple(
        (form, gap)
        for form in (*ASIDES, *IDLE)
        for gap in list_gaps(form)
        if gap in named and gap not in form.places
    )


def format_story(sentences: Sequence[Sequence[str]]) -> str:
    """Sentences as ordinary text, each with a capital letter."""
    texts = (join_sentence(words) for words in sentences)
    return " ".join(text[0].upper() + text[1:] for text in texts)
