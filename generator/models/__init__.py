"""Models a study file can name. To add one: its recipe here, its network in `networks`,
its line in the table."""

from generator.models.base import ModelSpec

MODELS: dict[str, type[ModelSpec]] = {}
"""The word after `kind:` under `models:`, and its recipe."""
