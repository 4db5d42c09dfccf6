"""Time: which occurrences there are, clocks, and the alarm that wakes us."""
