"""Figures of texts: their tokens shaded, compared, or followed over training."""
