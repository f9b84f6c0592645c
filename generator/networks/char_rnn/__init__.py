"""TODO networks/char_rnn."""
