"""`python -m tests.variants COUNT`: so many variants of each kind of exercise for a pencil.

A line for each kind: how many are distinct, how many had a long value by the arithmetic of the test, the CPU.
"""

from __future__ import annotations

import sys
import time

from mpmath import mp

from nbsolve.variants import Family
from tests.variants.kinds import KINDS, OTHERS, text_of
from tests.variants.test_pencil import digits_of, others, passes


def main(count: int) -> int:
    """Make and check them; 1 where a kind has too few, or a value is long."""
    bad = 0
    for name, (digits, _) in (KINDS | OTHERS).items():
        family = Family(text_of(name), name="pencil")
        family.variant("warm")
        seen, long, longest, start = set(), 0, 0.0, time.process_time()
        for number in range(count):
            before = time.process_time()
            text = family.variant(str(number)).problem.text
            longest = max(longest, time.process_time() - before)
            seen.add(text)
            with mp.workdps(50):
                found = passes(text) if name in KINDS else others(text)
                more = 0 if name in KINDS else 2
                long += any(digits_of(value) > digits + more * ("new" in sort) for sort, value in found)
        mean = (time.process_time() - start) / count
        took = f"{1000 * mean:.0f} ms of CPU each, {longest:.2f} s at most"
        print(f"{name:<44} {len(seen):>6} distinct, {long} long, {took}")
        bad += long or len(seen) < count
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
