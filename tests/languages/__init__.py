"""Small projects in five languages, built whole and looked at in a browser."""
