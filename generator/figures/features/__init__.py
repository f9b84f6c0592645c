"""TODO figures/features."""
