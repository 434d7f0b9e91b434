"""What a page says about an optimiser: the words of its own record, and its rule as formulae."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.document import Inline, Math, Text
from nbsolve.expr import Expr, Quantity, Sum, Variable, with_variables
from nbsolve.objective import literal
from nbsolve.phrases import phrase
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Choice
from nbsolve.solving.update import NORM, UPDATES, setting
from nbsolve.symbol import Role, Symbol

__all__ = ["optimiser_text", "optimiser_words"]


def optimiser_words(optimiser: Choice, key: str, **slots: str) -> str:
    """The phrase `optimisers.NAME.key`, with the values of the optimiser's parameters in it."""
    own = {name: given.text for name, given in optimiser.parameters.items()}
    return phrase(f"optimisers.{optimiser.name}.{key}", **{"rate": own["learning_rate"], **own, **slots})


def optimiser_text(optimiser: Choice, key: str) -> Text:
    """The phrase with the learning rate and the optimiser's rule as formulae, where the phrase speaks of them."""
    words = optimiser_words(optimiser, key, rate="\0rate\0", rule="\0rule\0")
    pieces: list[Inline] = []
    for place, piece in enumerate(words.split("\0")):
        if place % 2 == 0:
            pieces += [piece] if piece else []
        elif piece == "rate":
            pieces.append(Math(literal(optimiser.parameters["learning_rate"])))
        else:
            pieces += [inline for one in _rule(optimiser) for inline in (", ", one)][1:]
    return tuple(pieces)


def _rule(optimiser: Choice) -> Iterator[Math]:
    """The optimiser's equations for any parameter w with gradient g, and its settings by their letters."""
    record, any_one = optimiser_of(optimiser), Symbol(Role.WEIGHT)
    w: Expr = Variable("w")
    slots: dict[str, Expr] = {
        name: Quantity(setting(name)) if name in record.letters else literal(given)
        for name, given in optimiser.parameters.items()
    }
    slots |= {
        "learning_rate": Quantity(Symbol(Role.LEARNING_RATE)),
        "gradient": Variable("g"),
        "parameter": w,
        "t": Quantity(UPDATES),
        "norm": Quantity(NORM),
    }
    for equation in record.equations:
        old = Quantity(any_one.state(equation.name))
        slots[equation.name] = slots[f"old_{equation.name}"] = old
    for equation in record.equations:
        new = Quantity(any_one.state(equation.name, equation.kept))
        yield Math(new, "=", with_variables(equation.formula, slots))
        slots[equation.name] = new
    new_w = Quantity(any_one.state("parameter", new=True))
    yield Math(new_w, "=", Sum((w, with_variables(record.change, slots))))
    for name in record.letters:
        yield Math(Quantity(setting(name)), "=", literal(optimiser.parameters[name]))
