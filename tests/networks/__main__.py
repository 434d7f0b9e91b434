"""Random networks that are not chains, against the oracles: `python -m tests.networks` (300), `… 40 7`."""

from __future__ import annotations

import sys
from random import Random

from tests.networks.comparing import disagreements
from tests.networks.making import varied, with_heads


def main(count: int, seed: int) -> int:
    """Print every disagreement; exit code 1 where there is one."""
    wrong = 0
    for number in range(seed, seed + count):
        text = (
            with_heads(Random(f"heads {number}")) if number % 4 == 3 else varied(Random(f"varied {number}"))
        )
        found = disagreements(text)
        wrong += bool(found)
        if found:
            print(f"{number}:\n{text}" + "\n".join(found[:10]))
    print(f"{count} networks: {wrong} with a disagreement")
    return 1 if wrong else 0


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*numbers, *(300, 0)[len(numbers) :]))
