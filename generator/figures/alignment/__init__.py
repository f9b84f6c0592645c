"""Figures of alignments: which source token each target token looks at."""
