"""Tests that need TensorFlow, which must be imported by `generator.networks` first."""

import generator.networks  # noqa: F401 - sets the environment before keras is imported
