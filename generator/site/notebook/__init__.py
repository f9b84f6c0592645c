"""A study as a notebook that needs nothing but the files beside it."""
