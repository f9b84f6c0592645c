"""TODO networks/pointer."""
