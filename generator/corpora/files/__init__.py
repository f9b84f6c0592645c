"""Corpora read from files: lines, tables, trees, pairs, source code."""
