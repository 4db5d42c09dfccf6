"""The clock of a question: who is told that it waits, what waits for staff, and how soon they were there."""
