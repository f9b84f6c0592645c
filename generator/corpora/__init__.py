"""Corpora a study file can name. To add one: its module here, its line in the table."""

from generator.corpora.base import CorpusSpec

CORPORA: dict[str, type[CorpusSpec]] = {}
"""The word after `kind:` under `corpora:`, and its reader."""
