"""What several methods share: contexts, perturbation, statistics, explanations."""
