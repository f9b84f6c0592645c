"""Corpora a study file can name. To add one: its module here, its line in the table."""

from generator.corpora.base import CorpusSpec
from generator.corpora.lines import Lines
from generator.corpora.planted_songs import PlantedSongs
from generator.corpora.songs import Songs

CORPORA: dict[str, type[CorpusSpec]] = {
    "lines": Lines,
    "planted_songs": PlantedSongs,
    "songs": Songs,
}
"""The word after `kind:` under `corpora:`, and its reader."""
