"""TODO corpora/files."""
