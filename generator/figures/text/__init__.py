"""TODO figures/text."""
