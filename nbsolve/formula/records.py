"""A user's own formula as a record of the catalogue, and the derivation of its derivative.

activation: a = f(z), with parameters as letters         loss: ℓ(a, y) for one output
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import flint

from nbsolve.catalogue import Activation, Loss
from nbsolve.derivation import Derivation, Domain, Stage
from nbsolve.expr import Applied, Expr, Number, Power, Variable, walk, with_variables
from nbsolve.expr.general import Derivative
from nbsolve.formula.differentiate import depends, differentiated
from nbsolve.formula.kinks import kinks_of
from nbsolve.formula.parser import parse_formula
from nbsolve.formula.sampling import domain_of
from nbsolve.formula.simplify import simplified
from nbsolve.given import Given
from nbsolve.letters import Name
from nbsolve.step import Form, Reason

ACTIVATION_VARIABLES = ("z",)
LOSS_VARIABLES = ("a", "y")
_TARGETS = Domain(flint.fmpq(0), flint.fmpq(1))


@dataclass(frozen=True)
class OwnFunction:
    """A formula as its author gave it: name, text, parameters with values, how the name is written."""

    name: str
    formula: str
    parameters: tuple[tuple[str, Given], ...] = ()
    latex: str | None = None

    @property
    def letters(self) -> str:
        """The function's name in LaTeX: the author's own, or the name in upright letters."""
        if self.latex is not None:
            return Name.read(self.latex).latex()
        return rf"\mathrm{{{self.name.replace('_', chr(92) + '_')}}}"


@dataclass(frozen=True)
class Derived:
    """A formula with its derivative: the definition in letters, the lines, where its letters lie, its kinks."""

    definition: Expr
    forms: tuple[Form, ...]
    domains: Mapping[str, Domain]
    kinks: tuple[Expr, ...]

    @property
    def slope(self) -> Expr:
        """The derivative."""
        return self.forms[-1].expression


def own_activation(own: OwnFunction) -> Activation:
    """The record of an own activation."""
    derived = derived_activation(own)
    return Activation(
        own.name,
        own.letters,
        derived.definition,
        derived.slope,
        parameters=dict(own.parameters),
        kink="own" if derived.kinks else None,
    )


def own_loss(own: OwnFunction) -> Loss:
    """The record of an own loss, which is separable: a formula for one output."""
    derived = derived_loss(own)
    return Loss(
        own.name,
        derived.definition,
        derived.slope,
        parameters=dict(own.parameters),
        kink="own" if derived.kinks else None,
    )


@lru_cache(maxsize=256)
def derived_activation(own: OwnFunction) -> Derived:
    """The derivative of an author's own activation with respect to z."""
    return _derived(own, ACTIVATION_VARIABLES)


@lru_cache(maxsize=256)
def derived_loss(own: OwnFunction) -> Derived:
    """The derivative of an author's own loss with respect to a."""
    return _derived(own, LOSS_VARIABLES)


def activation_derivation(own: OwnFunction) -> Derivation:
    """f(z) = …, then f′(z) = …, line by line."""
    derived = derived_activation(own)
    whole = tuple((name, Variable(name)) for name in derived.domains if name != "z")
    entries = (("z", Variable("z")),)
    function = Applied(own.letters, derived.definition, entries, whole)
    slope = Applied(own.letters, derived.slope, entries, whole, primes=1)
    return _derivation(own, derived, function, slope)


def loss_derivation(own: OwnFunction) -> Derivation:
    """ℓ = …, then ∂ℓ/∂a = …, line by line."""
    derived = derived_loss(own)
    loss = Variable("ell")
    return _derivation(own, derived, loss, Derivative(loss, Variable("a"), partial=True))


def _derivation(own: OwnFunction, derived: Derived, function: Expr, slope: Expr) -> Derivation:
    stages = (Stage(function, (Form(derived.definition),)), Stage(slope, derived.forms, boxed=True))
    return Derivation(own.name, stages, derived.domains, kinks=derived.kinks)


def _derived(own: OwnFunction, variables: tuple[str, ...]) -> Derived:
    given = dict(own.parameters)
    definition = parse_formula(own.formula, variables, given)
    variable = Variable(variables[0])
    definition = _with_values(definition, _in_exponents(definition, variable) & set(given), given)
    forms = differentiated(definition, variable, partial=len(variables) > 1)
    letters = {node.name for node in walk(definition) if isinstance(node, Variable)}
    domains = {name: _around(value.rational) for name, value in own.parameters if name in letters}
    if "y" in variables:
        domains["y"] = _TARGETS
    domain = domain_of((definition, forms[-1].expression), variable.name, domains)
    if domain is None and domains.keys() & given:
        # Defined for these parameters alone: they are numbers from the start.
        values = _with_values(definition, set(given), given)
        forms = differentiated(values, variable, partial=len(variables) > 1)
        domains = {name: found for name, found in domains.items() if name not in given}
        definition, domain = values, domain_of((values, forms[-1].expression), variable.name, domains)
    domains[variable.name] = domain or Domain(flint.fmpq(-4), flint.fmpq(4))
    last = forms[-1].expression
    result = simplified(last, definition, variable, domains)
    if result != last:
        forms = (*forms, Form(result, Reason.SIMPLIFIED))
    return Derived(definition, forms, domains, kinks_of(definition, result, variable, domains))


def _in_exponents(definition: Expr, variable: Variable) -> set[str]:
    """Parameters in the exponent of a power of the variable: z^n means other things for other n."""
    return {
        node.name
        for power in walk(definition)
        if isinstance(power, Power) and depends(power.operands[0], variable)
        for node in walk(power.operands[1])
        if isinstance(node, Variable)
    }


def _with_values(definition: Expr, names: set[str], given: Mapping[str, Given]) -> Expr:
    return with_variables(definition, {name: _literal(given[name]) for name in names})


def _literal(given: Given) -> Expr:
    return Number(given.rational, None if str(given.rational) == given.text else given.text)


def _around(value: flint.fmpq) -> Domain:
    """Parameters are varied a little in checks."""
    if value == 0:
        return Domain(flint.fmpq(-1, 2), flint.fmpq(1, 2))
    ends = sorted((value * flint.fmpq(4, 5), value * flint.fmpq(6, 5)))
    return Domain(ends[0], ends[1])
