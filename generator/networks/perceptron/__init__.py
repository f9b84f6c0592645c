"""The perceptron: a classifier of rows of numbers."""
