"""Training, one loop for all models: examples, batches, steps, checkpoints, saving."""
