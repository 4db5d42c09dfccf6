"""The clock of an answer: who is told that it is waited for, and how soon it came."""
