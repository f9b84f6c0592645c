"""TODO figures/alignment."""
