"""Corpora a study file can name. To add one: its module here, its line in the table."""

from generator.corpora.base import CorpusSpec
from generator.corpora.lines import Lines

CORPORA: dict[str, type[CorpusSpec]] = {
    "lines": Lines,
}
"""The word after `kind:` under `corpora:`, and its reader."""
