"""What is kept of the handbook."""
