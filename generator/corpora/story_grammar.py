"""The sentences of stories, and what each of them tells about where things are.

A `Form` is a sentence with gaps: `$who`, `$other` (somebody else), `$thing` and
`$place`. `places` names the gaps whose filling the sentence puts at its place; what it
mentions besides stays where it was. So *Anna talked about Ben in the garden* says where
Anna is and not where Ben is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from generator.corpora.grammar import Draws

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
