"""Tests of how artifacts are asked about claims."""
