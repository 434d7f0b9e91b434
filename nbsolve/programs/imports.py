"""What a program imports: what its text uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nbsolve.programs.python import Dialect

__all__ = ["imports"]


def imports(text: str, dialect: Dialect) -> Iterator[str]:
    """The first lines of a program."""
    mathematics, decimals = re.search(r"\bmath\.|\berf\(", text), "Decimal(" in text
    if mathematics:
        yield "import math"
    if decimals:
        yield "from decimal import ROUND_HALF_UP, Context, Decimal"
    if mathematics or decimals:
        yield ""
    if not dialect.torch:
        yield "import numpy as np"
        return
    yield "import torch"
    if re.search(r"\bF\.", text):
        yield "import torch.nn.functional as F"
    yield from ("", "torch.set_default_dtype(torch.float64)")
