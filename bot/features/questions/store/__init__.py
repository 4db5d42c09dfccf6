"""What is kept of questions."""
