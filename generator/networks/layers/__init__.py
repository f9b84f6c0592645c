"""TODO networks/layers."""
