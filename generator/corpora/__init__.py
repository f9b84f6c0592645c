"""Corpora a study file can name. To add one: its module here, its line in the table."""

from generator.corpora.base import CorpusSpec
from generator.table import Table

CORPORA = Table[CorpusSpec](
    "generator.corpora",
    {
        "decoy_reviews": "decoy_reviews.DecoyReviews",
        "digits": "digits.Digits",
        "dates": "dates.Dates",
        "imdb": "imdb.Imdb",
        "labelled": "labelled.Labelled",
        "lines": "lines.Lines",
        "pairs": "pairs.Pairs",
        "planted_pairs": "planted_pairs.PlantedPairs",
        "planted_reviews": "planted_reviews.PlantedReviews",
        "planted_songs": "planted_songs.PlantedSongs",
        "points": "points.Points",
        "rules": "rules.Rules",
        "songs": "songs.Songs",
        "source_code": "source_code.SourceCode",
        "stories": "stories.Stories",
        "tables": "tables.Tables",
        "toy_colours": "toy_colours.ToyColours",
        "trees": "trees.Trees",
    },
)
"""The word after `kind:` under `corpora:`, and its reader."""
