"""Dates: the target is the day that the text names, and links join equal digits."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from generator.corpora import CORPORA
from generator.corpora.base import Folders
from generator.corpora.synthetic.dates import (
    FORMS,
    MONTHS,
    Dates,
    format_day,
    format_ordinal,
    link_characters,
)

NOWHERE = Folders(Path(), Path())
DOCUMENTS = Dates(documents=500).load(NOWHERE).documents


def test_in_the_table() -> None:
    """The corpus is found by its kind and promises translations and links."""
    assert CORPORA["dates"] is Dates
    assert Dates.holds == {"translation", "alignment"}


def test_targets_are_iso() -> None:
    """Every target is a date of ISO 8601, and its year stands in the text."""
    for document in DOCUMENTS:
        assert document.translation is not None
        day = dt.date.fromisoformat(document.translation)
        assert f"{day.year}" in document.text


def test_sure_links_join_equal_digits() -> None:
    """A digit is linked to itself, each target digit at most once, hyphens never."""
    for document in DOCUMENTS:
        assert document.alignment is not None
        assert document.translation is not None
        sure = document.alignment.sure
        assert len(dict(sure)) == len(sure)
        for target, source in sure:
            assert document.translation[target] == document.text[source]
        every = {t for t, _ in (*sure, *document.alignment.possible)}
        assert every == set(range(10)) - {4, 7}
        assert document.alignment.unit == "character"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_can_be_read_back(form: str) -> None:
    """No way of writing loses the day: fields stand where the places say."""
    for day in (dt.date(1987, 3, 3), dt.date(2012, 12, 11), dt.date(1999, 5, 22)):
        text, places = format_day(day, form)
        cut = {name: "".join(text[i] for i in at) for name, at in places.items()}
        assert cut["y"] == str(day.year)
        assert int(cut.get("dd") or cut["d"]) == day.day
        named = cut.get("month") or cut.get("short")
        if named:
            assert MONTHS[day.month - 1].startswith(named)
        else:
            assert int(cut["mm"]) == day.month
        assert link_characters(places).sure


@pytest.mark.parametrize(
    ("day", "expected"),
    [(1, "st"), (2, "nd"), (3, "rd"), (4, "th"), (11, "th"), (12, "th"), (13, "th"),
     (21, "st"), (22, "nd"), (23, "rd"), (30, "th"), (31, "st")],
)  # fmt: skip
def test_endings(day: int, expected: str) -> None:
    """Days are written as they are said."""
    assert format_ordinal(day) == expected


def test_a_date_depends_on_its_place_alone() -> None:
    """More dates change none; another seed gives others."""
    assert Dates(documents=20).load(NOWHERE).documents == DOCUMENTS[:20]
    assert Dates(documents=20, seed=1).load(NOWHERE).documents != DOCUMENTS[:20]
