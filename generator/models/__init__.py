"""Models a study file can name.

To add one: its recipe here, its network in `networks`, its line in the table.
"""

from __future__ import annotations

from generator.core.spec import ClassTable
from generator.models.base import ModelSpec

MODELS = ClassTable[ModelSpec](
    "generator.models",
    {
        "bag_of_words": "bag_of_words.BagOfWordsRecipe",
        "char_rnn": "char_rnn.CharRNN",
        "external": "external.ExternalRecipe",
        "function": "function.FunctionRecipe",
        "perceptron": "perceptron.PerceptronRecipe",
        "pointer": "pointer.PointerRecipe",
        "sentiment": "sentiment.Sentiment",
        "textgenrnn": "textgenrnn.TextGenRNN",
        "translation": "translation.Translation",
    },
)
"""The word after `kind:` under `models:`, and its recipe."""
