"""TODO corpora/numeric."""
