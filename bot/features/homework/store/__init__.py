"""What is kept of homework: the tables, and the questions that are asked of them."""
