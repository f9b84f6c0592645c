"""Functions that authors bring."""
