"""The network once more, written down from the definitions: every quantity as a rule over free letters.

Derivatives are those of these rules (`Model.slope`); nothing here knows a chain rule.
Places: ("x", i, s), ("y", k, s), ("W", l, j, i), ("b", l, j), ("z", l, j, s), ("a", l, j, s), ("L",) and so on,
with s the sample (from 1).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from random import Random

from tests.algebra import functions
from tests.algebra.formulas import formula
from tests.algebra.model import Model, Place, Rule
from tests.algebra.points import between
from tests.algebra.scalars import Scalar, ln, rational
from tests.algebra.specification import Cell, Layer, Specification, Term

DEFAULTS = {
    "leaky_relu": {"slope": Fraction(1, 100)},
    "elu": {"alpha": Fraction(1)},
    "huber": {"delta": Fraction(1)},
}
POSITIVE = {"binary_cross_entropy", "categorical_cross_entropy"}


def parameters_of(name: str, given: dict[str, Fraction]) -> dict[str, Scalar]:
    """The parameters of an activation or a loss, with the usual ones where the file is silent."""
    return {key: rational(value) for key, value in {**DEFAULTS.get(name, {}), **given}.items()}


def rules(spec: Specification) -> dict[Place, Rule]:
    """How everything follows from inputs, targets and parameters."""
    out: dict[Place, Rule] = {}
    for s in range(1, len(spec.samples) + 1):
        for number, layer in enumerate(spec.layers, 1):
            for j in range(1, layer.units + 1):
                out[("z", number, j, s)] = _pre_activation(spec, number, j, s)
                out[("a", number, j, s)] = _activation(layer, number, j, s)
                out[("delta", number, j, s)] = _delta(spec, ("z", number, j, s))
    if not spec.terms:
        return out
    outputs = range(1, spec.sizes[-1] + 1)
    for s in range(1, len(spec.samples) + 1):
        for k in outputs:
            out[("e", k, s)] = _error(len(spec.layers), k, s)
            if all(term.name not in functions.WHOLE for term in spec.terms):
                out[("L_out", k, s)] = _sum_of([_share(spec, term, k, s) for term in spec.terms])
        for n, term in enumerate(spec.terms, 1):
            out[("L_term", n, s)] = _term(spec, term, s)
        out[("L_sample", s)] = _sum_of([_weighted(term.weight, n, s) for n, term in enumerate(spec.terms, 1)])
    out[("penalty",)] = _penalty(spec)
    out[("L",)] = _loss(spec)
    for place in parameters(spec):
        out[("new", *place)] = _updated(place)
    return out


def _updated(place: Place) -> Rule:
    """w − η ∂L/∂w."""
    return lambda model: model(place) - model(("eta",)) * model.slope(("L",), place)


def before(number: int, i: int, s: int) -> Place:
    """What comes into layer `number` from unit i: an activation, or an input."""
    return ("x", i, s) if number == 1 else ("a", number - 1, i, s)


def constant(layer: Layer, number: int, j: int) -> Place:
    """The bias or threshold of a unit."""
    if layer.bias == "shared":
        return ("b", number, 0)
    return ("theta" if layer.bias == "threshold" else "b", number, j)


def _pre_activation(spec: Specification, number: int, j: int, s: int) -> Rule:
    layer = spec.layers[number - 1]

    def rule(model: Model) -> Scalar:
        total: Scalar = 0
        for i in range(1, spec.sizes[number - 1] + 1):
            total = model(("W", number, j, i)) * model(before(number, i, s)) + total
        if layer.bias == "absent":
            return total
        own = model(constant(layer, number, j))
        return total - own if layer.bias == "threshold" else total + own

    return rule


def _activation(layer: Layer, number: int, j: int, s: int) -> Rule:
    given = parameters_of(layer.activation, layer.parameters)

    def rule(model: Model) -> Scalar:
        if layer.activation == "softmax":
            return functions.softmax([model(("z", number, k, s)) for k in range(1, layer.units + 1)])[j - 1]
        return activation_of(layer)(model(("z", number, j, s)), given)

    return rule


def activation_of(layer: Layer) -> Callable[[Scalar, Mapping[str, Scalar]], Scalar]:
    """The activation of a layer, a user's own included."""
    if layer.formula is None:
        return functions.ACTIVATIONS[layer.activation]
    written = formula(layer.formula)
    return lambda z, given: written({"z": z, **given})


def share_of(term: Term) -> Callable[[Scalar, Scalar, Mapping[str, Scalar]], Scalar]:
    """What one output adds to a loss, a user's own included."""
    if term.formula is None:
        return functions.EACH[term.name]
    written = formula(term.formula)
    return lambda a, y, given: written({"a": a, "y": y, **given})


def _delta(spec: Specification, z: Place) -> Rule:
    return lambda model: spec.delta * model.slope(("L",), z)


def _error(depth: int, k: int, s: int) -> Rule:
    return lambda model: model(("y", k, s)) - model(("a", depth, k, s))


def _sum_of(parts: list[Rule]) -> Rule:
    def rule(model: Model) -> Scalar:
        values = [part(model) for part in parts]
        return sum(values[1:], values[0])

    return rule


def _factor(spec: Specification, term: Term) -> Scalar:
    factor = rational(term.scale) / (spec.sizes[-1] if term.mean else 1)
    return factor if term.log_base is None else factor / ln(rational(term.log_base))


def _ends(spec: Specification, model: Model, s: int) -> tuple[list[Scalar], list[Scalar]]:
    outputs = range(1, spec.sizes[-1] + 1)
    return [model(("a", len(spec.layers), k, s)) for k in outputs], [model(("y", k, s)) for k in outputs]


def _share(spec: Specification, term: Term, k: int, s: int) -> Rule:
    """What one output adds to the loss."""
    given = parameters_of(term.name, term.parameters)

    def rule(model: Model) -> Scalar:
        a, y = _ends(spec, model, s)
        share = share_of(term)(a[k - 1], y[k - 1], given)
        return rational(term.weight) * _factor(spec, term) * share * _per_sample(spec)

    return rule


def _term(spec: Specification, term: Term, s: int) -> Rule:
    """One of the losses, without its weight."""
    given = parameters_of(term.name, term.parameters)

    def rule(model: Model) -> Scalar:
        a, y = _ends(spec, model, s)
        if term.name in functions.WHOLE:
            return _factor(spec, term) * functions.WHOLE[term.name](a, y)
        each = [share_of(term)(p, q, given) for p, q in zip(a, y, strict=True)]
        return _factor(spec, term) * sum(each[1:], each[0])

    return rule


def _weighted(weight: Fraction, n: int, s: int) -> Rule:
    return lambda model: rational(weight) * model(("L_term", n, s))


def _per_sample(spec: Specification) -> Scalar:
    return rational(Fraction(1, len(spec.samples) if spec.mean_over_samples else 1))


def _penalty(spec: Specification) -> Rule:
    def rule(model: Model) -> Scalar:
        total: Scalar = 0
        for place in weights(spec):
            total = model(place) * model(place) + total
        return rational(spec.penalty_scale or Fraction(0)) * model(("strength",)) * total

    return rule


def _loss(spec: Specification) -> Rule:
    def rule(model: Model) -> Scalar:
        total: Scalar = 0
        for s in range(1, len(spec.samples) + 1):
            total = model(("L_sample", s)) + total
        total = _per_sample(spec) * total
        return total if spec.penalty_scale is None else total + model(("penalty",))

    return rule


def weights(spec: Specification) -> Iterator[Place]:
    """Every weight."""
    for number, layer in enumerate(spec.layers, 1):
        for j in range(1, layer.units + 1):
            yield from (("W", number, j, i) for i in range(1, spec.sizes[number - 1] + 1))


def parameters(spec: Specification) -> Iterator[Place]:
    """Every weight, bias and threshold; a shared bias once."""
    yield from weights(spec)
    for number, layer in enumerate(spec.layers, 1):
        units = 0 if layer.bias == "absent" else 1 if layer.bias == "shared" else layer.units
        yield from (constant(layer, number, j) for j in range(1, units + 1))


def _given(spec: Specification, place: Place) -> Cell:
    match place:
        case ("W", int(number), int(j), int(i)):
            return spec.layers[number - 1].weights[j - 1][i - 1]
        case (str(), int(number), int(j)):
            return spec.layers[number - 1].constants[max(j, 1) - 1]
    raise ValueError(f"no parameter {place}")


def draw(spec: Specification, random: Random, kind: str, *, letters: bool) -> dict[Place, Fraction]:
    """Random values for what is a letter; what the file gives stays, unless all are to be `letters`."""
    out: dict[Place, Fraction] = {}

    def put(place: Place, cell: Cell, low: str, high: str) -> None:
        out[place] = between(random, low, high) if cell is None or letters else cell

    for place in parameters(spec):
        put(place, _given(spec, place), "-0.9", "0.9")
    inside = {term.name for term in spec.terms} & POSITIVE
    # cross-entropies need outputs that are probabilities; targets lie there too
    low = "0.05" if inside else "-1.5"
    for s, (given, target) in enumerate(spec.samples, 1):
        for i, cell in enumerate(given, 1):
            put(("x", i, s), cell, "-1.5", "1.5")
        for k, cell in enumerate(target or [], 1):
            put(("y", k, s), cell, low, "0.95")
        if kind == "targets add up to 1" and target is not None:
            _add_up(out, s, [None] * len(target) if letters else target)
    put(("strength",), spec.strength, "0.1", "0.9")
    put(("eta",), spec.learning_rate, "0.1", "0.9")
    return out


def _add_up(out: dict[Place, Fraction], s: int, target: list[Cell]) -> None:
    """Scale the targets that are letters so that all add up to 1."""
    free = [k for k, cell in enumerate(target, 1) if cell is None]
    rest = 1 - sum((cell for cell in target if cell is not None), Fraction(0))
    whole = sum((out["y", k, s] for k in free), Fraction(0))
    if not free or whole == 0:
        return
    for k in free:
        out["y", k, s] *= rest / whole
