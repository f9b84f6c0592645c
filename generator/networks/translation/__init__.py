"""The translator: an encoder, and a decoder that attends to it."""
