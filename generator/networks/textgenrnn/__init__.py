"""textgenrnn: a language model over windows of tokens or over whole sequences."""
