"""An author's YAML: bytes to text, text to a tree with places, tree to specs.

`source` refuses what no parser should see and holds what was read, `parser` makes the
tree and says what a plain word means, `read` puts both together, and `errors` turns a
validator's errors into sentences at places of the file.
"""
