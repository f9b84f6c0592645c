"""What inputs a model likes, and what lies where its answer turns."""
