"""Which counts may be shown: small ones, and what would give them away, become one rest.

A count of fewer than the least number of persons is not shown. Neither are the next larger ones,
all of a size, until the rest is twice the least number: else the total minus the others would be
the small count, or whoever knows this rule could tell it. What is not shown is one rest, which does
not say how many counts are in it, or which.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence


def rest_of(sizes: Sequence[int], least: int) -> set[int]:
    """The places of the counts that go into the rest.

    Args:
        sizes: how many persons each count is about; all together are the least number or more.
        least: the smallest number that is shown.
    """
    rest = {place for place, size in enumerate(sizes) if 0 < size < least}
    is_safe = not rest
    for larger in sorted({size for size in sizes if size >= least}):
        if is_safe:
            break
        rest |= {place for place, size in enumerate(sizes) if size == larger}
        is_safe = sum(sizes[place] for place in rest) >= 2 * least
    return rest


def groups_of_years(
    sizes: Sequence[tuple[int, int]], union: Callable[[int, int], int], least: int
) -> list[tuple[int, int]]:
    """Adjacent years, put together until each group is about the least number of persons.

    Args:
        sizes: year and number of persons, ascending.
        union: the number of persons from one year to another one, each person once.
        least: the smallest number that is shown.

    Returns:
        First and last year of each group; none where all years together are about fewer persons.
    """
    groups: list[tuple[int, int]] = []
    start = None
    for year, size in sizes:
        start = year if start is None else start
        if size >= least or union(start, year) >= least:
            groups.append((start, year))
            start = None
    if start is not None and groups:
        groups[-1] = (groups[-1][0], sizes[-1][0])
    return groups
