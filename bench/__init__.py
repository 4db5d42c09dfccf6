"""Benchmarks: they print CPU and ratios to a floor of the same run, and never pass or fail on time."""
