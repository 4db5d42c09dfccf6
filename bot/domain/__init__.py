"""Plain values and the small ports; imports nothing of ours."""
