"""The sentiment classifier: an encoder of words with or without attention."""
