"""Benchmarks: they print what things cost, where there is a floor beside it, and never pass or fail on time.

Most costs are CPU; lateness and rates are by the wall clock. A floor is another row of the same run: what a library or
bare SQL does with the same input, the smallest size, an idle process, or what published limits allow. `rules`,
`rituals`, `search`, `memory` and `term` have none.

A module NAME here is what `./homeroom bench NAME` measures: `measure(pack, folder, size=FULL)` gives its rows, where
`pack` is a folder of course files and `folder` an empty one to work in. `TINY` is a size that takes a second or two,
for those who only want to see that everything still fits together.
"""
