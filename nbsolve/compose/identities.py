"""The derivative of each activation as an identity worth remembering: σ′(z) = σ(z)(1 − σ(z)) = a(1 − a).

Each stands in a box of its own before the first line of a page that uses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeGuard

from nbsolve.blocks.dense import Dense
from nbsolve.catalogue import Activation, is_named
from nbsolve.catalogue.softmaxes import Softmax
from nbsolve.compose.functions import argument
from nbsolve.document import Block, Derivation, Fold, Inline, Line, Math, Note, Paragraph, Result, Text
from nbsolve.expr import (
    Applied,
    Atom,
    Cases,
    Comparison,
    Expr,
    Negation,
    Quantity,
    Sum,
    Variable,
    atoms,
    literals,
    number,
    product,
    walk,
    with_variables,
)
from nbsolve.expr.general import Derivative
from nbsolve.letters import Name
from nbsolve.notation import Names
from nbsolve.phrases import phrase
from nbsolve.problem.functions import softmax_of
from nbsolve.problem.model import Choice
from nbsolve.solving.solution import Solution
from nbsolve.symbol import Index, Partial, Role, Symbol

_TRIVIAL = frozenset({"linear", "step"})
"""Derivatives that are the same number everywhere need no identity."""


@dataclass(frozen=True)
class Identities:
    """The identities of a solution's activations; an author's own function is derived elsewhere."""

    solution: Solution
    names: Names

    def remembered(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """The blocks, each identity once, before the first lines that use it and the words that lead to them."""
        return self._remembered(blocks, set())

    def _remembered(self, blocks: Iterable[Block], said: set[str]) -> Iterator[Block]:
        held: list[Block] = []
        for block in blocks:
            if isinstance(block, Paragraph):
                held.append(block)
                continue
            if isinstance(block, Derivation):
                yield from self._before(block, said)
            yield from held
            held = []
            if isinstance(block, Fold):
                block = replace(block, blocks=tuple(self._remembered(block.blocks, said)))
            yield block
        yield from held

    def _before(self, block: Derivation, said: set[str]) -> Iterator[Note]:
        if not any(self._new(layer, said) for layer in self.solution.layers):
            return
        for index in sorted(_layers(block), reverse=True):
            layer = self.solution.layer(index)
            for choice, record in self._new(layer, said):
                said.add(choice.name)
                yield Note("remark", phrase("derivations.remember"), (self._identity(layer, choice, record),))

    def _new(self, layer: Dense, said: set[str]) -> list[tuple[Choice, Activation]]:
        """The activations of a layer whose derivatives have identities that are not said yet."""
        return [
            (choice, record)
            for choice, record in layer.functions
            if choice.formula is None and choice.name not in _TRIVIAL and choice.name not in said
        ]

    def _identity(self, layer: Dense, choice: Choice, record: Activation) -> Derivation:
        z = argument(self.solution.problem, self.names)
        own = {_plain(self.names.name(layer.a(j))) for j in layer.units}
        letter = own.pop() if len(own) == 1 else None
        a = None if letter in (None, z.name) else Variable(str(letter))
        softmax = softmax_of(choice)
        if softmax is not None:
            return Derivation((_jacobian(z.name, "p" if a is None else a.name, softmax),))
        parameters = literals(choice.parameters)
        function = Applied(record.function, with_variables(record.definition, parameters), (("z", z),))
        slope = with_variables(record.derivative, {**parameters, "z": z})
        forms: list[Expr] = [slope]
        note: Text = ()
        if record.from_output is not None:
            forms = [with_variables(record.from_output, {**parameters, "a": function})]
            if a is not None:
                forms.append(with_variables(record.from_output, {**parameters, "a": a}))
                note = _where({a: function})
        elif is_named(slope):
            forms = [slope.expanded, slope]
        else:
            note = _where({node: node.expanded for node in walk(slope) if is_named(node)})
        primed = Applied(record.function, slope, (("z", z),), primes=1)
        return Derivation((Line(tuple(("=", form) for form in forms), primed, note),))


def _layers(derivation: Derivation) -> set[int]:
    """The layers whose activation's derivative occurs in the lines: ∂a/∂z, or σ′(z)."""
    found: set[int] = set()
    for line in derivation.lines:
        signal = line.left.atom if isinstance(line.left, Quantity) else None
        sides = [side.value if isinstance(side, Result) else side for _, side in line.parts]
        for expression in (*sides, *([] if line.left is None else [line.left])):
            for node in walk(expression):
                if isinstance(node, Quantity):
                    atom = node.atom
                    if isinstance(atom, Symbol):
                        continue
                    if (atom.of.role is Role.ACTIVATION and _is_z(atom.wrt)) or _is_factor(atom, signal):
                        found.add(atom.wrt.layer or 0)
                elif isinstance(node, Applied) and node.primes:
                    own = (atom for atom in atoms(node.argument) if _is_z(atom))
                    found |= {atom.layer or 0 for atom in own}  # type: ignore[union-attr]
    return found


def _is_factor(atom: Atom, signal: Atom | None) -> TypeGuard[Partial]:
    """∂L/∂a where it is multiplied by the unit's own derivative, to give ∂L/∂z."""
    return (
        isinstance(atom, Partial)
        and isinstance(signal, Partial)
        and _is_z(signal.wrt)
        and signal.of == atom.of
        and (atom.wrt.role, atom.wrt.layer) == (Role.ACTIVATION, signal.wrt.layer)
    )


def _is_z(atom: object) -> bool:
    return getattr(atom, "role", None) is Role.PRE_ACTIVATION


def _jacobian(z: str, p: str, softmax: Softmax) -> Line:
    """∂p_k/∂z_j = p_k (1 − p_k) if k = j, −p_k p_j otherwise; over T, and without the first p for logarithms."""
    k, j = Index("k"), Index("j")
    p_k, p_j = Variable(p, k), Variable(p, j)
    outer = (*softmax.factor, *softmax.outer(p_k))
    own = product(*outer, Sum((number(1), Negation((softmax.probability(p_k),)))))
    same = Comparison(Variable("k"), "=", Variable("j"))
    cross = Negation((product(*outer, softmax.probability(p_j)),))
    return Line((("=", Cases(((own, same), (cross, None)))),), Derivative(p_k, Variable(z, j), partial=True))


def _where(meanings: Mapping[Expr, Expr]) -> Text:
    """`where a = σ(z)`, nothing where there is nothing to say."""
    said: list[Inline] = []
    for left, right in meanings.items():
        said.append(f" {phrase('statement.and')} " if said else f"{phrase('passages.where')} ")
        said.append(Math(left, "=", right))
    return tuple(said)


def _plain(name: Name) -> str | None:
    """The letter of a name, where it is a plain one."""
    return name.core if re.fullmatch("[a-z]", name.core) else None
