"""Figures a study file can name. To add one: its module here, its template, its line in
the table."""

from generator.figures.base import Figure

FIGURES: dict[str, type[Figure]] = {}
"""The word after `figure:` under `figures:`, and its class."""
