"""Methods a study file can name. To add one: its module here, its line in the table."""

from generator.methods.base import Method

METHODS: dict[str, type[Method]] = {}
"""The word after `method:` under `artifacts:`, and its class."""
