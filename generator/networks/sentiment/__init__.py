"""TODO networks/sentiment."""
