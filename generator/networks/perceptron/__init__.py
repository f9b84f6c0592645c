"""TODO networks/perceptron."""
