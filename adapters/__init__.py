"""The platforms: each folder knows one, and nothing of the core but its domain."""
