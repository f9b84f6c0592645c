"""Layers that several networks share, as functions of named arrays."""
