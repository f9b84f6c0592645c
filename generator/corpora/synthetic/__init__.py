"""Corpora that grammars make, whose truth is known."""
