"""Figures of single cells: their traces, and the hypotheses that they fit."""
