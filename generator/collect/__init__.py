"""Training of models, and collection of the artifacts that are stale."""
