"""TODO networks/inference."""
