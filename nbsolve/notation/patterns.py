r"""Which pattern do names follow? $w_{11}, w_{21}, w_{12}, w_{22}$ for (i, j) is $w_{ij}$.

A general formula writes a quantity with index variables in the very letters that its instances have; where those
follow no pattern (w_1 … w_8 numbered through) there is none.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

__all__ = ["pattern"]


def pattern(names: Mapping[tuple[int, ...], str], indices: tuple[str, ...]) -> str | None:
    """The name with `indices` for numbers, given the instances' names by their numbers; None if there is none.

    An instance of one number alone cannot show where that number stands, so each index must vary.
    """
    first = min(names)
    if any(len({places[n] for places in names}) < 2 for n in range(len(indices))):
        return None
    text = names[first]
    positions = [_positions(text, number) for number in first]
    for chosen in itertools.product(*positions):
        if len(set(chosen)) == len(chosen) and all(
            _written(text, chosen, first, tuple(map(str, places))) == name for places, name in names.items()
        ):
            return _written(text, chosen, first, indices)
    return None


def _positions(text: str, number: int) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(str(number)), text)]


def _written(text: str, chosen: tuple[int, ...], first: tuple[int, ...], values: tuple[str, ...]) -> str:
    """The text with values in the chosen places, where the first instance's numbers stand."""
    result, end = "", 0
    for position, number, value in sorted(zip(chosen, first, values, strict=True)):
        result += text[end:position] + value
        end = position + len(str(number))
    return result + text[end:]
