"""Corpora of rows of numbers, and the boundary between their classes."""
