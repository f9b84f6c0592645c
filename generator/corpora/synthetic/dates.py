"""Dates as people write them, and as ISO 8601 does, with the links between characters.

1. A day between 1900 and 2099 is drawn, and a way to write it: `3 march 1987`,
   `mar 3, 1987`, `tuesday the 3rd of march 1987`, `03.03.1987`, `1987 march 3`, …
   A month in figures stands after its day. Nothing is ambiguous.
2. The translation is `1987-03-03`, character by character.
3. A digit that the text has is linked to that digit: years, days, months in figures.
   The digits of a month that is written out may come from any letter of its name, and
   the 0 before a day of one figure from that figure: such links are possible and not
   asked for. Hyphens come from nowhere and have no link.

A model that reads dates must move over characters out of order, and must read a name
and a figure differently: a small task on which an alignment can go wrong.
"""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Literal

from pydantic import Field

from generator.corpora.base import Alignment, Annotation, Document, SyntheticCorpus
from generator.corpora.synthetic.grammar import Draws

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august",
    "september", "october", "november", "december",
)  # fmt: skip
DAYS = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
FORMS = (
    "{d} {month} {y}",
    "{month} {d}, {y}",
    "{d} {short} {y}",
    "{short} {d}, {y}",
    "the {d}{th} of {month}, {y}",
    "{weekday} {d} {month} {y}",
    "{weekday}, {month} {d}{th}, {y}",
    "{dd}.{mm}.{y}",
    "{dd}/{mm}/{y}",
    "{y} {month} {d}",
)
"""Ways to write a date; a field stands between braces."""
FIRST, LAST = dt.date(1900, 1, 1).toordinal(), dt.date(2099, 12, 31).toordinal()
Places = tuple[int, ...]


class Dates(SyntheticCorpus):
    """Dates as people write them, and as ISO 8601 does."""

    document_noun: ClassVar[str] = "pair"
    holds: ClassVar[frozenset[Annotation]] = frozenset(
        {Annotation.TRANSLATION, Annotation.ALIGNMENT}
    )
    source: ClassVar[str] = "dates drawn between 1900 and 2099, part of this program"
    kind: Literal["dates"] = "dates"
    documents: int = Field(default=5000, ge=1, le=1_000_000)
    """How many dates."""
    seed: int = Field(default=0, ge=0)
    """Another seed gives other dates."""

    def make_document(self, index: int) -> Document:
        """Date number `index` with its links."""
        return make_date(self.seed, index)


def make_date(seed: int, index: int) -> Document:
    """Date number `index`; it depends on nothing but its arguments."""
    draws = Draws("date", seed, index)
    day = dt.date.fromordinal(FIRST + draws.number(LAST - FIRST + 1))
    text, places = format_day(day, draws.pick(FORMS))
    return Document(
        text=text, translation=day.isoformat(), alignment=link_characters(places)
    )


def format_day(day: dt.date, form: str) -> tuple[str, dict[str, Places]]:
    """A day in one way of writing, and where in it each field stands."""
    fields = {
        "y": f"{day.year}",
        "month": MONTHS[day.month - 1],
        "short": MONTHS[day.month - 1][:3],
        "mm": f"{day.month:02}",
        "d": f"{day.day}",
        "dd": f"{day.day:02}",
        "th": format_ordinal(day.day),
        "weekday": DAYS[day.weekday()],
    }
    text, places = "", {}
    for piece in form.replace("}", "{").split("{"):
        found = fields.get(piece, piece)
        if piece in fields:
            places[piece] = tuple(range(len(text), len(text) + len(found)))
        text += found
    return text, places


def link_characters(places: dict[str, Places]) -> Alignment:
    """Which characters of `yyyy-mm-dd` come from which of the text."""
    sure = list(enumerate(places["y"]))
    possible: list[tuple[int, int]] = []
    if "mm" in places:
        sure += zip((5, 6), places["mm"], strict=True)
    else:
        name = places.get("month") or places["short"]
        possible += [(target, place) for target in (5, 6) for place in name]
    figures = places.get("dd") or places["d"]
    if len(figures) == 1:
        possible.append((8, figures[0]))
    sure += zip((8, 9)[-len(figures) :], figures, strict=True)
    return Alignment(tuple(sorted(sure)), tuple(sorted(possible)), "character")


def format_ordinal(day: int) -> str:
    """What is written behind a day: 1st, 2nd, 3rd, 4th."""
    if day in {11, 12, 13}:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
