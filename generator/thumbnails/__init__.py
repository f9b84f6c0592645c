"""A study's first scores as a small picture, on the scale of their figure."""
