"""TODO figures/cells."""
