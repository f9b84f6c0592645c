"""Methods for language models: what they write, attend to, and depend on."""
