"""TODO figures/language_model."""
