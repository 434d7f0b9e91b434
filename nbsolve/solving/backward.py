"""The backward pass: ∂L/∂p = Σ over the entries q that use p of ∂L/∂q · ∂q/∂p.

That one sum is the error signal of a unit, the sum over the paths to a layer, the gradient of a weight that many
samples use, of a bias that units share, of an activation that two branches take. What of it is written down on
the way (and hence rounded, where each step is rounded) depends on how the problem wants it explained, see
`Explanation`.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from nbsolve.errors import DomainError
from nbsolve.evaluate import evaluate
from nbsolve.expr import Applied, Atom, Brace, Expr, Negation, Quantity, collected, product, total
from nbsolve.graph import Graph, Node
from nbsolve.graph.node import entry_of, places_of
from nbsolve.recorder import Recorder, forms
from nbsolve.solving.chain_rule import Users, chain, entry_formula, through_function, whole_formula
from nbsolve.solving.forward import undefined
from nbsolve.solving.gradient import Explanation, Gradient, written
from nbsolve.step import Form, Reason, Rule
from nbsolve.symbol import LOSS, Partial, Role, Symbol

__all__ = ["Backward", "write_slope"]

MOST_SHARES = 8
"""Paths whose shares are written down one by one; more are added up in one line."""
Cancelled = Callable[[Symbol], Expr | None]


@dataclass
class Backward:
    """Writes the gradients of one iteration down, array by array, from the loss back.

    `found` has the gradient with respect to each array, in terms of what is written down; it begins with those that
    the loss gives. `cancelled` gives ∂L/∂z of an array or an entry where loss and activation simplify together.
    """

    recorder: Recorder
    graph: Graph
    how: Explanation
    cancelled: Cancelled
    found: dict[Symbol, Gradient] = field(default_factory=dict)

    def users(self, array: Symbol) -> Users:
        """Who uses an array and leads to the loss."""
        return [
            (node, slot, self.found[node.target])
            for node, slot in self.graph.users(array)
            if node.target in self.found
        ]

    def write(self, nodes: Iterable[Node]) -> None:
        """Write down the gradients with respect to what the nodes find, the last node first."""
        for node in nodes:
            if users := self.users(node.target):
                self.found[node.target] = self._settled(node.target, users, node.sample)

    def _settled(self, array: Symbol, users: Users, sample: int | None) -> Gradient:
        node, slot, _ = users[0]
        local = node.operation.local[slot]
        if len(users) == 1 and (local.slope is not None or local.same is not None):
            return self._signal(array, users, sample)
        return self._sum(array, users, sample)

    # ------------------------------------------------------------------ through a function

    def _signal(self, z: Symbol, users: Users, sample: int | None) -> Gradient:
        """∂L/∂z_j = ∂L/∂a_j · f′(z_j), or Σ_k ∂L/∂a_k · ∂a_k/∂z_j through a Jacobian (softmax)."""
        node, slot, upstream = users[0]
        slope = self.graph.slope(node, slot)
        if slope is not None:
            if not node.operation.local[slot].everywhere:
                self._need(node, slot, slope)
            if self.how.way == "local_derivatives":
                write_slope(self.recorder, self.graph, node, slot, slope)
        named = Gradient(
            self.how.as_gradient(z), self.how.as_gradient, lambda entry: Quantity(Partial(LOSS, entry))
        )
        if slope is None or self.cancelled(z) is not None:
            self._write_joint(z, users, sample)
            return named

        def formula(entry: Symbol) -> Expr:
            return total(*entry_formula(self.graph, users, entry, self.graph.local))

        if self.how.way == "delta" or z.layer in self.how.named_layers:

            def delta(atom: Atom) -> tuple[Form, ...]:
                entry = _entry(atom, z)
                a = entry_of(node.target, places_of(entry))
                partials = product(Quantity(Partial(LOSS, a)), Quantity(Partial(a, entry)))
                return forms(
                    self.how.oriented(partials),
                    self.how.oriented(formula(entry)),
                    reasons=(Reason.CHAIN_RULE, Reason.LOCAL_DERIVATIVES),
                )

            whole = self.how.oriented(self.graph.back(node, slot, upstream.whole))
            self._write(Rule.DELTA, z, whole, delta, sample)
            return named
        return through_function(self.graph, users, self.how.way == "local_derivatives")

    def _need(self, node: Node, slot: str, slope: Expr) -> None:
        """See that an author's own function has derivatives here. Raises: DomainError, naming the unit."""
        try:
            evaluate(slope, self.recorder.values, self.recorder.arithmetic)
        except DomainError as error:
            raise undefined(self.recorder, self.graph, node, error, slope=slot) from error

    def _write_joint(self, z: Symbol, users: Users, sample: int | None) -> None:
        """∂L/∂z where it is written down whatever the way: after a cancellation, or through a Jacobian."""
        node, slot, upstream = users[0]
        short = self.cancelled(z)
        of = upstream if short is None or upstream.spelled is None else Gradient(
            upstream.whole, upstream.spelled, upstream.chain
        )  # fmt: skip

        def unit_forms(atom: Atom) -> tuple[Form, ...]:
            entry = _entry(atom, z)
            factors = entry_formula(self.graph, [(node, slot, of)], entry, self.graph.local)
            steps = [
                Form(self.how.oriented(total(*chain(self.graph, users, entry))), Reason.CHAIN_RULE),
                Form(self.how.oriented(total(*factors)), Reason.LOCAL_DERIVATIVES),
            ]
            unit_short = self.cancelled(entry)
            if unit_short is not None:
                steps.append(Form(self.how.oriented(unit_short), Reason.CANCELLATION))
            return tuple(steps)

        whole = self.graph.back(node, slot, upstream.whole) if short is None else short
        self._write(Rule.OUTPUT_SIGNAL, z, self.how.oriented(whole), unit_forms, sample)

    def _write(
        self,
        rule: Rule,
        z: Symbol,
        whole: Expr,
        unit_forms: Callable[[Atom], tuple[Form, ...]],
        sample: int | None,
    ) -> None:
        members = [self.how.signal(entry) for entry in self.graph.entries(z)]
        self.recorder.write(rule, self.how.signal(z), forms(whole), members, unit_forms, sample)

    # ------------------------------------------------------------------ over all paths

    def _sum(self, array: Symbol, users: Users, sample: int | None) -> Gradient:
        """∂L/∂a_i over everything that uses a_i; where the way is `paths`, written down only behind a softmax."""
        added = collected if self.how.way == "paths" else total
        whole = total(*whole_formula(self.graph, array, users))
        closed = Gradient(
            whole,
            lambda entry: added(*entry_formula(self.graph, users, entry, self.graph.local)),
            lambda entry: added(*chain(self.graph, users, entry)),
        )
        if self.how.way == "paths" and not self._is_joint(array):
            return closed
        if self.how.turned:
            signals = all(node.target.role is Role.PRE_ACTIVATION for node, _, _ in users)
            return self._turned(array, users, closed.chain) if signals else closed
        members = [Partial(LOSS, entry) for entry in self.graph.entries(array)]
        target = Partial(LOSS, array)
        if self.how.way == "local_derivatives" and self._write_shares(array, users, sample):
            self.recorder.write_units(
                Rule.PATH_SUM,
                members,
                lambda atom: (
                    Form(closed.chain(_entry(atom, array)), Reason.CHAIN_RULE),
                    Form(self._shares(_entry(atom, array), users), Reason.FACTORS),
                ),
                sample,
                forms(whole),
            )
            return written(array)

        def unit_forms(atom: Atom) -> tuple[Form, ...]:
            entry = _entry(atom, array)
            return forms(
                closed.chain(entry),
                total(*self._noted(entry, users)),
                reasons=(Reason.CHAIN_RULE, Reason.FACTORS),
            )

        self.recorder.write(Rule.PATH_SUM, target, forms(whole), members, unit_forms, sample)
        return written(array)

    def _is_joint(self, array: Symbol) -> bool:
        """Whether a function of all units finds the array (softmax): its error signals need every gradient."""
        origin = self.graph.origin(array)
        return origin is not None and any(local.same is not None for local in origin.operation.local.values())

    def _turned(self, array: Symbol, users: Users, chain_: Callable[[Symbol], Expr]) -> Gradient:
        """With δ = −∂L/∂z throughout: the layer before takes −Σ w δ, whose sign its own δ turns round."""
        plain: Users = [
            (
                node,
                slot,
                Gradient(
                    Quantity(self.how.signal(node.target)),
                    lambda of: Quantity(self.how.signal(of)),
                    gradient.chain,
                ),
            )
            for node, slot, gradient in users
        ]
        return Gradient(
            Negation((total(*whole_formula(self.graph, array, plain)),)),
            lambda entry: Negation((total(*entry_formula(self.graph, plain, entry, self.graph.local)),)),
            chain_,
        )

    def _noted(self, entry: Symbol, users: Users) -> list[Expr]:
        """The terms of a sum over paths, each with a note under a brace: through which unit it goes."""
        terms = entry_formula(self.graph, users, entry, self.graph.local)
        through = [of for node, slot, _ in users for of in self.graph.reached(node, slot, entry)]
        if len(terms) < 2:
            return terms
        return [Brace(term, "through", (self._unit(of),)) for term, of in zip(terms, through, strict=True)]

    def _unit(self, of: Symbol) -> Symbol:
        """The unit that a path goes through, by its activation."""
        for node, _ in self.graph.users(of._replace(to=None)):
            return entry_of(node.target, places_of(of))
        return of

    def _write_shares(self, array: Symbol, users: Users, sample: int | None) -> bool:
        """Write down the share of each path, where they are few enough; says whether they are."""
        if len(users) > 1:
            return False
        ((node, slot, gradient),) = users
        entries = list(self.graph.entries(array))
        paths = len(self.graph.reached(node, slot, entries[0]))
        if not (1 < paths <= MOST_SHARES and len(entries) <= MOST_SHARES):
            return False
        alike = all(len(self.graph.reached(node, slot, entry)) == paths for entry in entries)
        if not alike or node.target.layer != (array.layer or 0) + 1:  # branches are added up in one line
            return False

        def share(atom: Atom) -> tuple[Form, ...]:
            assert isinstance(atom, Symbol)
            entry, of = array._replace(to=atom.to), node.target._replace(to=atom.from_)
            return forms(
                product(gradient.chain(of), Quantity(Partial(of, entry))),
                product(gradient.entry(of), self.graph.local(node, slot, of, entry)),
                reasons=(Reason.CHAIN_RULE, Reason.FACTORS),
            )

        members = [_share(entry, of) for entry in entries for of in self.graph.entries(node.target)]
        self.recorder.write_units(Rule.PATH_SHARE, members, share, sample)
        return True

    def _shares(self, entry: Symbol, users: Users) -> Expr:
        ((node, slot, _),) = users
        return total(*(Quantity(_share(entry, of)) for of in self.graph.reached(node, slot, entry)))


def _share(entry: Symbol, through: Symbol) -> Symbol:
    return Symbol(Role.SHARE, entry.layer, entry.to, through.to, sample=entry.sample)


def _entry(atom: Atom, array: Symbol) -> Symbol:
    """The entry of an array that a derivative (or a δ) belongs to."""
    return atom.wrt if isinstance(atom, Partial) else array._replace(to=atom.to)


def _formula_of_slope(
    recorder: Recorder, graph: Graph, node: Node, slot: str, of: Symbol, wrt: Symbol
) -> Expr:
    """f′(z), or the same written with a where that is given: f′(z) itself would be another number."""
    formula = graph.local(node, slot, of, wrt)
    return formula.expanded if of in recorder.given and isinstance(formula, Applied) else formula


def write_slope(recorder: Recorder, graph: Graph, node: Node, slot: str, slope: Expr) -> None:
    """Write down ∂a/∂z of a node that acts entry by entry."""
    array = node.operand(slot)

    def unit_forms(atom: Atom) -> tuple[Form, ...]:
        assert isinstance(atom, Partial)
        return forms(_formula_of_slope(recorder, graph, node, slot, atom.of, atom.wrt))

    members = [Partial(entry_of(node.target, places_of(entry)), entry) for entry in graph.entries(array)]
    recorder.write(
        Rule.LOCAL_DERIVATIVE, Partial(node.target, array), forms(slope), members, unit_forms, node.sample
    )
