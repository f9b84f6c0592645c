"""TODO figures/statistics."""
