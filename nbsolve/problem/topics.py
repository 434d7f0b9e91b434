"""From a topic to its derivations and its graph: those of the catalogue, or of the author's own formula."""

from __future__ import annotations

from nbsolve.arithmetic.nearest import rational_to_float
from nbsolve.catalogue.derivations import DERIVATIONS
from nbsolve.catalogue.derivations.graphs import Graph, graph
from nbsolve.derivation import Derivation
from nbsolve.expr import Variable
from nbsolve.formula import (
    OwnFunction,
    activation_derivation,
    derived_activation,
    derived_loss,
    loss_derivation,
)
from nbsolve.given import Given
from nbsolve.problem.functions import own_function
from nbsolve.problem.model import Topic


def derivations_of(topic: Topic) -> tuple[Derivation, ...]:
    """The derivations of a topic, in the order in which they are read."""
    own = own_function(topic)
    if own is None:
        return DERIVATIONS[topic.id]
    return (activation_derivation(own) if topic.kind == "activation" else loss_derivation(own),)


def graph_of(topic: Topic) -> Graph:
    """The graph that the plot of a topic shows; an own loss is plotted for the target 1."""
    own = own_function(topic)
    if own is None:
        return graph(topic.id, topic.parameters)
    return _own_graph(own, topic)


def variable_of(topic: Topic) -> Variable:
    """The letter that an own function is differentiated in."""
    return Variable("z" if topic.kind == "activation" else "a")


def _own_graph(own: OwnFunction, topic: Topic) -> Graph:
    activation = topic.kind == "activation"
    derived = derived_activation(own) if activation else derived_loss(own)
    variable = variable_of(topic).name
    span = derived.domains[variable]
    labels = (f"{own.name}(z)", f"{own.name}′(z)") if activation else ("ℓ for y = 1", "∂ℓ/∂a")
    parameters = {**topic.parameters, **({} if activation else {"y": Given.read("1")})}
    domain = (rational_to_float(span.low), rational_to_float(span.high))
    return Graph(derived.definition, derived.slope, variable, domain, labels, parameters)
