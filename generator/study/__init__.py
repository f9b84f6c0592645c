"""The study file, its claims, and the keys and the freshness of its artifacts."""
