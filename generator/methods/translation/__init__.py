"""What a translator attends to, what it depends on, and how both stand to gold."""
