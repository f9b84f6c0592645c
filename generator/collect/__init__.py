"""TODO collect."""
