"""The activations of a network as functions of its program: names, formulae, derivatives, which units have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from nbsolve.catalogue import is_named
from nbsolve.catalogue.softmaxes import Softmax
from nbsolve.expr import (
    Applied,
    Expr,
    Function,
    Negation,
    Product,
    Sum,
    Variable,
    literals,
    number,
    product,
    quotient,
    substitute,
    total,
    walk,
    with_variables,
)
from nbsolve.given import Given
from nbsolve.problem.functions import activation_of, softmax_of
from nbsolve.problem.model import Choice, Network
from nbsolve.programs.identifiers import identifier

__all__ = ["Activations", "OfUnits", "filled"]

Z = Variable("z")
SHORT = 9
"""A derivative of at most so many nodes is written where it is used."""


@dataclass(frozen=True)
class OfUnits:
    """An activation by its name in the program; `mask` is 1 for the units that have it (None: all have)."""

    name: str
    definition: Expr
    choice: Choice
    units: tuple[int, ...]
    mask: str | None

    @property
    def softmax(self) -> Softmax | None:
        """The function of all units at once; None for one of each unit."""
        return softmax_of(self.choice)

    def value(self, z: Expr) -> Expr:
        """The function of z; softmax with a temperature divides z by it, to a base b it multiplies z by ln b."""
        if self.definition == Z:
            return z
        argument = z if self.softmax is None else self.softmax.exponent(z)
        return Applied(self.name, self.definition, (("z", argument),))

    def alone(self, value: Expr) -> Expr:
        """The value for the units that have this activation, 0 for the others."""
        return value if self.mask is None else product(value, Variable(self.mask))

    @property
    def slope(self) -> Expr:
        """The derivative, in z or in a."""
        record = activation_of(self.choice)
        return filled(record.from_output or record.derivative, self.choice.parameters)

    @property
    def inline(self) -> bool:
        """Whether the derivative is written where it is used: it is short, or known from a."""
        return activation_of(self.choice).from_output is not None or sum(1 for _ in walk(self.slope)) <= SHORT

    def slope_at(self, z: Variable, a: Variable) -> Expr:
        """The derivative with respect to the pre-activation, where that is z and the activation a."""
        if self.inline:
            return with_variables(self.slope, {"z": z, "a": a})
        return Applied(f"{self.name}_derivative", self.slope, (("z", z),))


@dataclass(frozen=True)
class Activations:
    """The activations of all layers; one name for each formula."""

    network: Network

    @cached_property
    def of_layers(self) -> tuple[tuple[OfUnits, ...], ...]:
        """The activations of each layer."""
        found: list[tuple[OfUnits, ...]] = []
        named: list[tuple[str, Expr]] = []
        for n, layer in enumerate(self.network.layers, 1):
            own = []
            for choice in layer.activation.each_once:
                definition = filled(activation_of(choice).definition, choice.parameters)
                softmax = softmax_of(choice)
                if softmax is not None:
                    definition = Function(_whole_layer(softmax), (Z,))
                elif not any(node == Z for node in walk(definition)):
                    definition = Sum((definition, Product((number(0), Z))))
                name = identifier(choice.name if softmax is None else _whole_layer(softmax))
                if any(other == name and formula != definition for other, formula in named):
                    name = f"{name}_{n}"
                named.append((name, definition))
                chosen = tuple(int(choice == each) for each in layer.activation.units)
                own.append(OfUnits(name, definition, choice, chosen, f"{name}_units{n}" if chosen else None))
            found.append(tuple(own))
        return tuple(found)

    def of(self, n: int) -> tuple[OfUnits, ...]:
        """The activations of a layer."""
        return self.of_layers[n - 1]

    def value(self, n: int) -> Expr:
        """The activations of a layer from its pre-activations."""
        return total(*(own.alone(own.value(Variable(f"z{n}"))) for own in self.of(n)))

    @property
    def _each(self) -> Iterator[OfUnits]:
        return (own for layer in self.of_layers for own in layer)

    @property
    def functions(self) -> Mapping[str, Expr]:
        """The activations by the names that the program calls them, as formulae in z."""
        return {own.name: own.definition for own in self._each if own.definition != Z}

    @property
    def slopes(self) -> Mapping[str, Expr]:
        """The derivatives of activations that are too long to be written where they are used, in z."""
        return {f"{own.name}_derivative": own.slope for own in self._each if not own.inline}

    @property
    def masks(self) -> Mapping[str, tuple[int, ...]]:
        """1 for each unit that has a function, 0 for the others, where the units of a layer differ."""
        return {own.mask: own.units for own in self._each if own.mask is not None}

    def signal(self, n: int) -> Expr:
        """∂L/∂z of a layer from its ∂L/∂a."""
        da, a = Variable(f"da{n}"), Variable(f"a{n}")
        softmax = self.of(n)[0].softmax
        if softmax is None:
            slopes = (own.alone(own.slope_at(Variable(f"z{n}"), a)) for own in self.of(n))
            return product(da, total(*slopes))
        p = softmax.probability(a)
        if softmax.logarithm:
            return Sum((da, Negation((Product((p, Function("sum_outputs", (da,)))),))))
        mixed = Function("sum_outputs", (Product((da, p)),))
        found: Expr = Product((p, Sum((da, Negation((mixed,))))))
        if softmax.base is not None:
            return product(found, *softmax.factor)
        return found if softmax.temperature is None else quotient(found, softmax.temperature)


def _whole_layer(softmax: Softmax) -> str:
    """The name of a function of all units at once in the programs, which divide by a temperature before."""
    return "log_softmax" if softmax.logarithm else "softmax"


def filled(formula: Expr, parameters: Mapping[str, Given]) -> Expr:
    """The formula with its parameters' values; Φ, φ and σ in it written out."""
    formula = substitute(formula, lambda e: e.expanded if is_named(e) else None)
    return with_variables(formula, literals(parameters)) if parameters else formula
