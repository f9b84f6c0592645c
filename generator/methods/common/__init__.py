"""TODO methods/common."""
