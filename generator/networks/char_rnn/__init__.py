"""The char-rnn: LSTMs over streams of characters."""
