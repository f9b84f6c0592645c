"""Models a study file can name.

To add one: its recipe here, its network in `networks`, its line in the table.
"""

from generator.models.bag_of_words import BagOfWordsRecipe
from generator.models.base import ModelSpec
from generator.models.sentiment import Sentiment
from generator.models.textgenrnn import TextGenRNN

MODELS: dict[str, type[ModelSpec]] = {
    "bag_of_words": BagOfWordsRecipe,
    "sentiment": Sentiment,
    "textgenrnn": TextGenRNN,
}
"""The word after `kind:` under `models:`, and its recipe."""
