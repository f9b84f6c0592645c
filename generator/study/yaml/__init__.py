"""Reading an author's YAML: bytes to text, text to a tree with places, tree to specs.

`text` refuses what no parser should see, `yaml` makes the tree, `scalars` says what a
plain word means, `problems` turns a validator's errors into sentences at places, and
`references` checks what the parts of a study say about each other.
"""
