"""Staff: the queue, claims, grading by criterion, what goes back to the author."""
