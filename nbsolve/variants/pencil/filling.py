"""The tree of a problem with short numbers in the place of those that vary."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import flint

from nbsolve.problem.model import AnyProblem, GraphProblem, Problem, RuleProblem, UpdateProblem
from nbsolve.problem.model.variants import Choices, Lattice, Listed, Source, Varied
from nbsolve.problem.tree import Items, Node, Scalar
from nbsolve.problem.varying import is_number
from nbsolve.variants.pencil import network
from nbsolve.variants.pencil.chains import Coordinate, is_searched
from nbsolve.variants.pencil.short import Number
from nbsolve.variants.places import Finder, Path, Target, node_at
from nbsolve.variants.stream import Stream
from nbsolve.variants.varied import replaced

__all__ = ["PENCIL", "NotShort", "filled", "usual"]

PENCIL = "pencil"
"""What counts the draws for which some value is long."""

_SIZES = ("0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.8", "1", "2", "3")
_WEIGHTS = tuple(f"{sign}{size}" for size in _SIZES for sign in ("", "-"))
_INPUTS = ("-3", "-2", "-1", "0.5", "1", "2", "3", "4", "5", "10")
_GIVEN = (*(str(n) for n in range(-12, 13) if n), "-1.5", "-0.5", "0.5", "1.5", "2.5")
"""What a graph may be given: enough for a thousand variants of a graph of three numbers."""
_TARGETS = ("-2", "-1", "0", "0.5", "1", "2", "3", "4")
_CLASSES = ("0", "1")
_WHOLE = ("-3", "-2", "-1", "1", "2", "3")
"""Weights where no search keeps values short: products of whole numbers and of a half are."""
_SMALL = ("-2", "-1", "1", "2")
"""Weights and inputs where a batch goes through several layers: squares of sums of their products are short."""
_STARTING = (*_WEIGHTS, "-5", "-4", "-2.5", "-1.5", "1.5", "2.5", "4", "5")
"""Weights that a rule starts from: the samples stay, so these alone tell thousands of variants apart."""
_BOUNDED = ("sigmoid", "softmax", "softmax_with_base", "hard_sigmoid", "hard_sigmoid_6")
_MOST_OPTIONS = 10_000


class NotShort(Exception):
    """No short numbers were found at one attempt."""


def usual(problem: AnyProblem) -> tuple[Varied, ...]:
    """What varies where a file says `pencil` and no more: all given numbers, but not the samples of a rule."""
    match problem:
        case Problem():
            return tuple(_of_network(problem))
        case GraphProblem():
            return tuple(Varied(array.name, _choices(_GIVEN)) for array in problem.given)
        case RuleProblem():
            bias = problem.network.layers[0].bias
            constant = "threshold" if bias.subtracted else "bias"
            keys = ("weights", constant) if bias.values else ("weights",)
            return tuple(Varied(key, _choices(_STARTING)) for key in keys)
        case UpdateProblem():
            return tuple(Varied(key, _choices(_WEIGHTS)) for key in ("parameters", "gradients"))
    return ()


def _of_network(problem: Problem) -> Iterator[Varied]:
    layers, searched = problem.network.layers, is_searched(problem)
    deep = len(layers) > 1
    weights = _WEIGHTS if searched else _SMALL if deep else (*_WHOLE, "0.5", "-0.5")
    yield Varied("weights", _choices(weights))
    if any(layer.bias.values for layer in layers):
        yield Varied("biases", _choices((*weights, "-9", "9") if searched else weights))
    yield Varied("inputs", _choices(_INPUTS if searched else _SMALL if deep else _WHOLE))
    if problem.samples[0].target is not None:
        bounded = layers[-1].activation.name in _BOUNDED
        yield Varied("targets", _choices(_CLASSES if bounded else _TARGETS))


def _choices(texts: tuple[str, ...]) -> Choices:
    return Choices(tuple(Scalar(text=text) for text in texts), True)


def filled(problem: AnyProblem, tree: Node, targets: tuple[Target, ...], digits: int, stream: Stream) -> Node:
    """The tree with short numbers; what has no search of its own stays as it was drawn. Raises: NotShort."""
    domains = dict(_domains(tree, targets))
    if not isinstance(problem, Problem) or not is_searched(problem):
        return tree
    places = {cell: path for cell, path in _cells(problem, tree) if path in domains}
    numbers = network.found(problem, {cell: domains[path] for cell, path in places.items()}, digits, stream)
    if numbers is None:
        raise NotShort
    return _with(tree, {places[cell]: value for cell, value in numbers.items()})


def _with(tree: Node, numbers: dict[Path, Number]) -> Node:
    for path, value in numbers.items():
        tree = replaced(tree, path, Scalar(origin="variants.pencil", text=written(value)))
    return tree


def written(value: Number) -> str:
    """How a number stands in the file: a decimal where it is one."""
    if not isinstance(value, flint.fmpq):
        return str(value)
    for places in range(9):
        scaled = value * 10**places
        if scaled.q == 1:
            digits = str(abs(int(scaled.p))).rjust(places + 1, "0")
            point = f".{digits[-places:]}" if places else ""
            return f"{'-' if value < 0 else ''}{digits[: len(digits) - places]}{point}"
    return str(value)


# ------------------------------------------------------------------ what each cell may be


def _domains(tree: Node, targets: tuple[Target, ...]) -> Iterator[tuple[Path, tuple[flint.fmpq, ...]]]:
    """For each number of the file that varies, the numbers that it may be."""
    for target in targets:
        for path in target.paths:
            node = node_at(tree, path)
            if node is not None:
                yield from _of_node(node, path, target.source)


def _of_node(node: Node, path: Path, source: Source) -> Iterator[tuple[Path, tuple[flint.fmpq, ...]]]:
    if isinstance(node, Items):
        for place, item in enumerate(node.items):
            entry = source.entries[place] if isinstance(source, Listed) else source
            if not isinstance(entry, Node):
                yield from _of_node(item, (*path, place), entry)
    elif is_number(node) and isinstance(source, Lattice | Choices) and (numbers := _numbers(source)):
        yield path, numbers


def _numbers(source: Lattice | Choices) -> tuple[flint.fmpq, ...]:
    if isinstance(source, Choices):
        texts = [node.text for node in source.nodes if isinstance(node, Scalar)] if source.numbers else []
        return tuple(flint.fmpq(*Fraction(text).as_integer_ratio()) for text in texts)
    if source.count > _MOST_OPTIONS:
        return ()
    options = (source.at(place) for place in range(source.count))
    return tuple(flint.fmpq(one.numerator, one.denominator) for one in options if one not in source.without)


def _cells(problem: Problem, tree: Node) -> Iterator[tuple[Coordinate, Path]]:
    """Where each weight, constant, input and target of a chain of layers stands in its file."""
    finder = Finder(problem, tree)
    rows_are_inputs = problem.network.layout == "x W + b"
    for number, layer in enumerate(problem.network.layers):
        weights, constants = finder.parameters(number, "weights"), finder.parameters(number, "biases")
        for j, row in enumerate(layer.weights):
            if constants is not None and (not layer.bias.shared or layer.units == 1):
                alone = not isinstance(node_at(tree, constants), Items)
                yield ("b", number, j, 0), constants if alone else (*constants, j)
            for i in range(len(row)):
                if weights is not None:
                    yield ("W", number, j, i), (*weights, *((i, j) if rows_are_inputs else (j, i)))
    for kind, letter in (("inputs", "x"), ("targets", "y")):
        sample = problem.samples[0]
        if kind == "inputs" or sample.target is not None:
            (path,) = finder.of_samples(kind)
            node = node_at(tree, path)
            for i in range(len(node.items) if isinstance(node, Items) else 1):
                yield (letter, 0, i, 0), (*path, i) if isinstance(node, Items) else path
