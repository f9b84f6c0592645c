"""How good a model is, and how good another artifact is."""
