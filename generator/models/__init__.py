"""Models a study file can name.

To add one: its recipe here, its network in `networks`, its line in the table.
"""

from generator.models.base import ModelSpec
from generator.models.textgenrnn import TextGenRNN

MODELS: dict[str, type[ModelSpec]] = {"textgenrnn": TextGenRNN}
"""The word after `kind:` under `models:`, and its recipe."""
