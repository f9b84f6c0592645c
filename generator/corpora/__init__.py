"""Corpora a study file can name. To add one: its module here, its line in the table."""

from generator.corpora.base import CorpusSpec
from generator.corpora.imdb import Imdb
from generator.corpora.labelled import Labelled
from generator.corpora.lines import Lines
from generator.corpora.planted_reviews import PlantedReviews
from generator.corpora.planted_songs import PlantedSongs
from generator.corpora.songs import Songs
from generator.corpora.trees import Trees

CORPORA: dict[str, type[CorpusSpec]] = {
    "imdb": Imdb,
    "labelled": Labelled,
    "lines": Lines,
    "planted_reviews": PlantedReviews,
    "planted_songs": PlantedSongs,
    "songs": Songs,
    "trees": Trees,
}
"""The word after `kind:` under `corpora:`, and its reader."""
