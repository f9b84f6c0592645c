"""The pointer network: answers a question about a story by attending to sentences."""
