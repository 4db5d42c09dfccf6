"""Teams that work on one homework together."""
