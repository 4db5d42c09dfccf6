"""What the course posts of a homework, and how it speaks of it."""
