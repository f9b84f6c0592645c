"""TODO networks/training."""
