"""The loss of an epoch, from those of its batches: each with the parameters of its own iteration."""

from __future__ import annotations

from collections.abc import Sequence

import flint

from nbsolve.expr import Expr, Operand, Quantity, number, product, total
from nbsolve.recorder import Recorder, forms
from nbsolve.step import Rule
from nbsolve.symbol import EPOCH_LOSS, LOSS, Role, Symbol


def write_epoch_loss(recorder: Recorder, mean: bool, losses: Sequence[tuple[int, Operand]]) -> None:
    """Write down the sum of the losses, or (`mean`) their mean, each weighted by the size of its batch.

    `losses` are those of the iterations up to this one, each after the number of its samples.
    """
    count = sum(size for size, _ in losses)
    terms: list[Expr] = []
    for iteration, (size, value) in enumerate(losses, start=recorder.number - len(losses) + 1):
        symbol = Symbol(Role.LOSS, iteration=iteration)
        recorder.values.put(symbol, value)
        terms.append(product(number(size), Quantity(symbol)) if mean and size > 1 else Quantity(symbol))
    alone = len(losses) == 1
    body = Quantity(LOSS) if alone else total(*terms)
    if mean and count > 1 and not alone:
        body = product(number(flint.fmpq(1, count)), body)
    recorder.write(Rule.EPOCH_LOSS, EPOCH_LOSS, forms(body))
