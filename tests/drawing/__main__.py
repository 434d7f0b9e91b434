"""The rule for labels on 300 random networks: `python -m tests.drawing`; `python -m tests.drawing 40`: on forty."""

from __future__ import annotations

import sys

from nbsolve import solve
from tests.drawing.labels import read, violations
from tests.drawing.networks import small_problem
from tests.drawing.test_network import SHOWS
from tests.loading import load_problem


def main(count: int) -> int:
    """Print every violation, and how many networks have a table instead of labels: a tenth of each kind may."""
    wrong, tables = 0, dict.fromkeys(SHOWS, 0)
    for seed in range(count):
        worked = solve(load_problem(small_problem(seed)))
        sizes = "-".join(map(str, worked.names.sizes))
        for show in SHOWS:
            svg = worked.draw(show).svg
            found = violations(svg)
            wrong += len(found)
            for fault in found:
                print(f"{seed} {sizes} {show}: {fault}")
            if not read(svg)[1]:
                tables[show] += 1
                print(f"{seed} {sizes} {show}: a table")
    print(f"{count} networks: {wrong} violations; tables: {tables}")
    return 1 if wrong or max(tables.values()) > count / 10 else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 300))
