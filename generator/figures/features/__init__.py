"""Figures of inputs that are numbers: gradients in a plane, scores of features."""
