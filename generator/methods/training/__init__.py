"""What a training left: losses and texts."""
