"""Planted film reviews, made once for all tests."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from generator.corpora.base import Document, Folders
from generator.corpora.synthetic.film_review_labels import Classes
from generator.corpora.synthetic.film_review_language import RULES
from generator.corpora.synthetic.film_reviews import (
    BUILDS,
    PLACES,
    VALUES,
    PlantedReviews,
)

NOWHERE = Folders(Path("nowhere"), Path("nowhere"))
BOTH: tuple[Classes, ...] = (5, 2)
BLOCKS = 20
CONNECTIVES = ("but", "yet", "although", "though")


@lru_cache(maxsize=2)
def reviews_of(classes: Classes) -> tuple[Document, ...]:
    """Twenty stretches of reviews with so many labels."""
    size = BLOCKS * block(classes)
    return PlantedReviews(classes=classes, documents=size).load(NOWHERE).documents


def block(classes: Classes) -> int:
    """Reviews in which every combination comes once."""
    return len(VALUES[classes]) * len(PLACES) * len(BUILDS)


def decided(document: Document) -> set[int]:
    """Places of the words of the rationale."""
    return {at for span in document.rationale for at in range(*span)}


def named(*rules: str) -> list[str]:
    """The phrases of some rules."""
    return [phrase for rule in rules for phrase in RULES[rule]]
