"""Live numbers: `{{dL/dw3}}` and small formulae in an author's texts, filled in from the solution.

    {{ [=] formula [at iteration] [sample number] [: count decimals | : count significant] }}

`=` writes the sign as well, = or ≈, whichever is true.

The texts are filled in anew for every solution, so they stay true after a number of the problem was changed.
"""

from __future__ import annotations

from nbsolve.live.filling import (
    BLANK,
    Filler,
    Live,
    LiveInPasses,
    filled_without_solution,
    live_faults,
    several,
    texts_of,
)
from nbsolve.live.request import LiveError

__all__ = [
    "BLANK",
    "Filler",
    "Live",
    "LiveError",
    "LiveInPasses",
    "filled_without_solution",
    "live_faults",
    "several",
    "texts_of",
]
