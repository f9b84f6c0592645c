"""What a language model looks at while it writes, and what that is worth."""
