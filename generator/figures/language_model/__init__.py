"""Figures of a language model's histories, step by step."""
