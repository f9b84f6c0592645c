"""TODO networks/translation."""
