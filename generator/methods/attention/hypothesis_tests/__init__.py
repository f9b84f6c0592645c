"""Tests of the hypothesis that attention explains a classifier's answers."""
