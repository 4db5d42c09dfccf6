"""Benchmarks: they print CPU and ratios to a floor of the same run, and never pass or fail on time.

A module NAME here is what `./homeroom bench NAME` measures: `measure(pack, folder, size=FULL)` gives its rows, where
`pack` is a folder of course files and `folder` an empty one to work in. `TINY` is a size that takes a second or two,
for those who only want to see that everything still fits together.
"""
