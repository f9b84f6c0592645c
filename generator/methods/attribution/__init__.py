"""Which tokens a prediction owes to what."""
