"""Figures of numbers about many texts: curves, estimates, scores, distributions."""
