"""`python -m tests.variants COUNT`: so many different variants of each kind of exercise for a pencil.

A line for each kind: how many ids they took, how many had a long value by the arithmetic of the test, the CPU.
"""

from __future__ import annotations

import sys
import time
from itertools import count as numbers

from mpmath import mp

from nbsolve.variants import Family
from tests.variants.kinds import KINDS, OTHERS, text_of
from tests.variants.test_pencil import digits_of, others, passes


def main(count: int) -> int:
    """Make and check them; 1 where a kind has too few, or a value is long."""
    bad = [name for name in KINDS | OTHERS if _is_bad(name, count)]
    return int(bool(bad))


def _is_bad(name: str, count: int) -> bool:
    """Make and check so many different variants of a kind; now and then two ids draw the same numbers."""
    digits, more = (KINDS | OTHERS)[name][0], 0 if name in KINDS else 2
    family = Family(text_of(name), name="pencil")
    family.variant("warm")
    seen, long, longest, made = set[str](), 0, 0.0, 0.0
    for number in numbers():
        if len(seen) == count or number == 2 * count:
            break
        before = time.process_time()
        text = family.variant(str(number)).problem.text
        took = time.process_time() - before
        longest, made = max(longest, took), made + took
        if text not in seen:
            seen.add(text)
            with mp.workdps(50):
                found = passes(text) if name in KINDS else others(text)
                long += any(digits_of(value) > digits + more * ("new" in sort) for sort, value in found)
    cost = f"{1000 * made / number:.0f} ms of CPU each, {longest:.2f} s at most"
    print(f"{name:<44} {len(seen):>6} distinct of {number} ids, {long} long, {cost}", flush=True)
    return bool(long) or len(seen) < count


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
