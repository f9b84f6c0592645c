"""Tests of what a claim is and how it is decided."""
