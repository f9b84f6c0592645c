"""TODO corpora/synthetic."""
