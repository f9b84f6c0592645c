"""The program as others get it: from a wheel, in an empty folder outside the clone."""
