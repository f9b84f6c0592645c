"""What the inference of several models shares: batches, compilation, classifiers."""
