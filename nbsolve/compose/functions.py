"""The functions of a problem in words, and the derivations of those that are the author's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from nbsolve.catalogue import CANCELLATIONS, COMBINATIONS
from nbsolve.compose.derivations import derivation_blocks
from nbsolve.compose.sentences import set_in, with_commas
from nbsolve.derivation import Derivation
from nbsolve.document import Block, Heading, Markdown, Math, Paragraph, Text
from nbsolve.expr import Applied, Expr, Negation, Quantity, Sum, Variable, literal, literals, with_variables
from nbsolve.formula import (
    OwnFunction,
    activation_derivation,
    joint_derivations,
    loss_derivation,
    slope_at,
)
from nbsolve.given import Given
from nbsolve.notation import Names
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.problem.functions import activation_of, own_function
from nbsolve.problem.model import Choice, DenseLayer, LossTerm, Problem
from nbsolve.symbol import Role, Symbol


def activation_name(choice: Choice) -> str:
    """How a text calls an activation: leaky ReLU, or the author's name for it; those of the units, in order."""
    if choice.units:
        return ", ".join(map(activation_name, choice.units))
    return phrase_of("activations.", choice.name) if choice.formula is None else in_words(choice.name)


def layer_name(layer: DenseLayer) -> str:
    """How a text calls the units of a layer: by their activation; by its kind, where this goes without one."""
    name = activation_name(layer.activation)
    usual = COMBINATIONS[layer.kind].activation if layer.kind in COMBINATIONS else None
    if usual is None:
        return name
    kind = phrase_of("combinations.", layer.kind, "name")
    return kind if layer.activation.name == usual else f"{kind}, {name}"


def loss_name(term: LossTerm) -> str:
    """How a text calls a loss: squared error, or the author's name for it."""
    return phrase_of("losses.", term.name) if term.formula is None else in_words(term.name)


def argument(problem: Problem, names: Names) -> Variable:
    """The letter that all pre-activations share, as the argument of a function; z where they have several."""
    cores = {
        names.name(Symbol.pre_activation(number, j)).core
        for number, layer in enumerate(problem.network.layers, start=1)
        for j in range(1, layer.units + 1)
    }
    core = cores.pop() if len(cores) == 1 else "z"
    return Variable(core if re.fullmatch("[a-z]", core) else "z")


def cancelled_words(problem: Problem, layer: int, signal: Expr) -> str:
    """What is said of an output's error signal in which loss and activation cancel: prediction minus target?"""
    output = problem.network.layer(layer).activation
    terms = [term for term in problem.losses if term.layer in (None, layer)]
    names = [loss_name(term) for term in terms if (term.name, output.name) in CANCELLATIONS]
    match signal:
        case Sum((Quantity(Symbol(role=Role.ACTIVATION)), Negation((Quantity(Symbol(role=Role.TARGET)),)))):
            key: PhraseId = "passages.delta_cancelled_plus"
        case Sum((Quantity(Symbol(role=Role.TARGET)), Negation((Quantity(Symbol(role=Role.ACTIVATION)),)))):
            key = "passages.delta_cancelled_minus"
        case _:
            key = "passages.delta_cancelled"
    return phrase(key, activation=activation_name(output), loss=" + ".join(names))


def in_words(name: str) -> str:
    """log_cosh as log cosh."""
    return name.replace("_", " ")


def given_activations(problem: Problem) -> Iterator[Text]:
    """The definitions of the author's own activations, which the problem has to give."""
    seen: list[Choice] = []
    for choice in problem.network.activations:
        if choice.formula is None or choice in seen:
            continue
        seen.append(choice)
        record, z = activation_of(choice), Variable("z")
        definition = with_variables(record.definition, literals(choice.parameters))
        function = Applied(record.function, definition, (("z", z),))
        yield (activation_name(choice) + ": ", Math(function, "=", definition))


def own_functions(problem: Problem) -> Iterator[Block]:
    """The derivations of the author's own activations, and with a loss to be differentiated, of the losses."""
    if not problem.differentiated:
        return
    activations = _each_once(map(own_function, problem.network.activations))
    losses = _each_once(own_function(term) for term in problem.losses if term.outputs is None)
    joint = {
        own: term.outputs
        for term in problem.losses
        if term.outputs is not None and (own := own_function(term)) is not None
    }
    if activations or losses or joint:
        yield Heading(2, (phrase("sections.own_functions"),))
    for own in activations:
        yield from _derived(own, "activation", activation_derivation(own), Variable("z"))
    for own in losses:
        yield from _derived(own, "loss", loss_derivation(own), Variable("a"))
    for own, outputs in joint.items():
        yield from _of_all_outputs(own, outputs)


def _of_all_outputs(own: OwnFunction, outputs: int) -> Iterator[Block]:
    """The derivative of a loss of all outputs with respect to each of them."""
    yield Paragraph((Markdown(phrase("own_functions.joint", name=in_words(own.name))),))
    for k, derivation in enumerate(joint_derivations(own, outputs), start=1):
        yield from derivation_blocks(derivation, anchor=f"own-loss-{own.name.replace('_', '-')}-{k}")
    values = dict(own.parameters)
    if values:
        yield Paragraph(_values(values))


def _each_once(functions: Iterator[OwnFunction | None]) -> list[OwnFunction]:
    """Each formula once, whatever the values of its parameters."""
    found: dict[tuple[str, str], OwnFunction] = {}
    for own in functions:
        if own is not None:
            found.setdefault((own.name, own.formula), own)
    return list(found.values())


def _derived(own: OwnFunction, kind: str, derivation: Derivation, variable: Variable) -> Iterator[Block]:
    yield Paragraph((Markdown(phrase_of("own_functions.", kind, name=in_words(own.name))),))
    anchor = f"own-{kind}-{own.name.replace('_', '-')}"
    yield from own_blocks(own, derivation, variable, anchor)


def own_blocks(own: OwnFunction, derivation: Derivation, variable: Variable, anchor: str) -> Iterator[Block]:
    """The lines of a derivation of an own function, the values of its parameters, its kinks."""
    yield from derivation_blocks(derivation, anchor=anchor)
    values = {name: given for name, given in own.parameters if name in derivation.letters}
    if values:
        yield Paragraph(_values(values))
    for place in derivation.kinks:
        yield Paragraph(_kink(place, derivation, variable))


def _values(values: Mapping[str, Given]) -> Text:
    said = with_commas(Math(Variable(name), "=", literal(given)) for name, given in values.items())
    return set_in("own_functions.with_values", values=said)


def _kink(place: Expr, derivation: Derivation, variable: Variable) -> Text:
    slope = slope_at(derivation.result, variable, place, derivation.letters)
    at = Math(variable, "=", place)
    if slope is None:
        return set_in("own_functions.kink_open", place=at)
    return set_in("own_functions.kink", place=at, slope=Math(slope))
