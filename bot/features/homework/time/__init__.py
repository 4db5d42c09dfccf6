"""More time: by a token of one's own, by staff, by import."""
