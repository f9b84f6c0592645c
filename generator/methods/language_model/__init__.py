"""TODO methods/language_model."""
