"""The command line: commands, checks, the preview and publishing."""
