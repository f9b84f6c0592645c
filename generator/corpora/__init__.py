"""Corpora a study file can name. To add one: its module here, its line in the table."""

from __future__ import annotations

from generator.core.spec import ClassTable
from generator.corpora.base import CorpusSpec

CORPORA = ClassTable[CorpusSpec](
    "generator.corpora",
    {
        "decoy_reviews": "synthetic.film_reviews.DecoyReviews",
        "digits": "numeric.digits.Digits",
        "dates": "synthetic.dates.Dates",
        "imdb": "files.imdb.Imdb",
        "labelled": "files.labelled.Labelled",
        "lines": "files.lines.Lines",
        "pairs": "files.parallel.Pairs",
        "planted_pairs": "synthetic.parallel.PlantedPairs",
        "planted_reviews": "synthetic.film_reviews.PlantedReviews",
        "planted_songs": "synthetic.song_reviews.PlantedSongs",
        "points": "numeric.points.Points",
        "rules": "files.annotated.Rules",
        "songs": "files.song_reviews.Songs",
        "source_code": "files.source_code.SourceCode",
        "stories": "synthetic.stories.Stories",
        "tables": "numeric.tabular.Tables",
        "toy_colours": "numeric.toy_colours.ToyColours",
        "trees": "files.sst.Trees",
    },
)
"""The word after `kind:` under `corpora:`, and its reader."""
