"""The gradients of a layer's parameters, summed over a batch.

∂L/∂w_ji = Σ_s ∂L/∂z_j^[s] · a_i^[s] (+ the penalty's share), ∂L/∂b_j = Σ_s ∂L/∂z_j^[s], a shared bias sums
over the units too, a threshold has the opposite sign.
Source: I. Goodfellow, Y. Bengio and A. Courville, "Deep Learning", 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from nbsolve.expr import Atom, Expr, Sum, total
from nbsolve.graph import Graph
from nbsolve.recorder import Recorder, forms
from nbsolve.solving.chain_rule import Users, chain, entry_formula, whole_formula
from nbsolve.solving.gradient import Gradient
from nbsolve.step import Form, Members, Reason, Rule
from nbsolve.symbol import LOSS, Partial, Symbol

Penalty = Callable[[Symbol], Expr | None]
Found = Mapping[Symbol, Gradient]


def write_gradients(
    recorder: Recorder,
    graph: Graph,
    arrays: Iterable[Symbol],
    found: Found,
    penalty: Penalty,
    written: bool,
) -> None:
    """Write down (or, where nobody asks for them, only compute) the gradients with respect to given arrays.

    `penalty` is the derivative of the loss's penalty with respect to a parameter, or to an array of them; None for
    those that it does not bear on.
    """
    for array in arrays:
        users: Users = [(node, slot, found[node.target]) for node, slot in graph.users(array)]
        whole, own = total(*whole_formula(graph, array, users)), penalty(array)
        if own is not None:
            whole = Sum((whole, own))
        target = Partial(LOSS, array)

        def unit_forms(atom: Atom, users: Users = users) -> tuple[Form, ...]:
            assert isinstance(atom, Partial)
            own = penalty(atom.wrt)
            more = [] if own is None else [own]
            letters = [*chain(graph, users, atom.wrt), *more]
            factors = [*entry_formula(graph, users, atom.wrt, graph.local), *more]
            return forms(total(*letters), total(*factors), reasons=(Reason.CHAIN_RULE, Reason.FACTORS))

        if written:
            members = Members(lambda array=array: (Partial(LOSS, entry) for entry in graph.entries(array)))  # type: ignore[misc]
            recorder.write(Rule.PARAMETER_GRADIENT, target, forms(whole), members, unit_forms)
        else:
            recorder.derive(target, whole)
