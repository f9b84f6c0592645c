"""Checks of a rendered site and of its sources."""
