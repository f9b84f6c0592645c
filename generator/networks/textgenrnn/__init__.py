"""TODO networks/textgenrnn."""
