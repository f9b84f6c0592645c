"""Claims: what a study says, and what its artifacts say to it."""
