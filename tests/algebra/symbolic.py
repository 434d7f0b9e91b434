"""The world of a problem in letters: its letters and its network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from nbsolve.checking.audit.identities import Layers, identity_fault
from tests.algebra import network
from tests.algebra.alphabet import Whole
from tests.algebra.checker import POINTS, Checker, Report, written
from tests.algebra.evaluating import Evaluator
from tests.algebra.killing import Tally, run
from tests.algebra.model import Model, Place
from tests.algebra.naming import Naming
from tests.algebra.page import Display, answers, displays
from tests.algebra.points import World
from tests.algebra.scalars import Scalar
from tests.algebra.specification import Layer, Specification, load
from tests.algebra.tree import Letter, Node
from tests.algebra.tree import letters as letters_of


def world(spec: Specification, *, letters: bool = False, seed: int = 1) -> World:
    """Letters, rules and random values of a problem; with `letters` nothing is given."""
    own = {
        layer.activation: _own(layer, network.parameters_of(layer.activation, layer.parameters))
        for layer in spec.layers
        if layer.formula is not None
    }
    alphabet = replace(Naming(spec).letters(), functions=frozenset(own))
    given = {
        n: network.parameters_of(layer.activation, layer.parameters) for n, layer in enumerate(spec.layers, 1)
    }

    def parameters(evaluator: Evaluator, argument: Node) -> Mapping[str, Scalar]:
        """Those of the layer whose pre-activation the argument is."""
        if not isinstance(argument, Letter):
            return _all_alike(given, argument, evaluator)
        meaning = alphabet.meaning(argument, evaluator.indices)
        place = meaning.rows[0][0] if isinstance(meaning, Whole) else meaning
        return given[int(place[1])] if place[0] in ("z", "a") else {}

    return World(
        alphabet,
        network.rules(spec),
        lambda random, kind: network.draw(spec, random, kind, letters=letters),
        parameters,
        own,
        seed,
        {},
        lambda place: _alike(spec, place),
    )


def _own(layer: Layer, given: Mapping[str, Scalar]) -> Callable[[Model], Callable[[Scalar], Scalar]]:
    function = network.activation_of(layer)
    return lambda _: lambda z: function(z, given)


def _alike(spec: Specification, place: Place) -> Place:
    """A quantity with the same derivatives: a bias acts through its z alone, a linear unit passes z on."""
    match place:
        case ("b", number, int(j)) if j and len(spec.samples) == 1:
            return "z", number, j, 1
        case ("a", int(number), j, s) if spec.layers[number - 1].activation == "linear":
            return "z", number, j, s
    return place


def _all_alike(
    given: Mapping[int, Mapping[str, Scalar]], argument: Node, evaluator: Evaluator
) -> Mapping[str, Scalar]:
    """An argument spelled out: the layer is that of the weights in it."""
    for letter in letters_of(argument):
        meaning = evaluator.alphabet.meaning(letter, evaluator.indices)
        place = meaning.rows[0][0] if isinstance(meaning, Whole) else meaning
        if place[0] in ("W", "b", "theta"):
            return given[int(place[1])]
    return {}


FUNCTIONS, NEXT = "\n## Functions of this problem\n", "\n## "


class SymbolicPage:
    """A page in letters with its two checkers: where nothing is given, and where the given numbers are."""

    def __init__(self, text: str, markdown: str, points: int = POINTS) -> None:
        self.spec = load(text)
        # where everything is given as well, the part in numbers is the audit's
        self.answers = tuple(answers(markdown))
        self.markdown = _in_letters(markdown) if self.spec.numeric else _without_functions(markdown)
        self.displays = tuple(displays(self.markdown))
        self._points = points

    @cached_property
    def letters(self) -> Checker:
        """The checker of what is said in letters."""
        return Checker(world(self.spec, letters=True), self._points)

    @cached_property
    def given(self) -> Checker:
        """The checker of what is said of the numbers that are given."""
        return Checker(world(self.spec), self._points)

    @cached_property
    def one_sample(self) -> Checker:
        """The checker of what is said of any one sample."""
        return Checker(world(replace(self.spec, samples=self.spec.samples[:1]), letters=True), self._points)

    @property
    def loss(self) -> Letter:
        """The letter of the loss."""
        table = self.letters.world.alphabet.table
        return next(letter for letter, meaning in table.items() if meaning == ("L",))

    def checker(self, display: Display) -> Checker:
        """The one that a display belongs to."""
        if display.of_one_sample:
            return self.one_sample
        return self.letters if display.letters else self.given

    def check(self) -> Report:
        """Every line of the page."""
        report = Report()
        for display in self.displays:
            if display.is_identity:
                report.lines += 1
                fault = identity_fault(display.source, self._functions())
                report.faults += [fault] if fault else []
                continue
            one = self.checker(display).check([display])
            report.lines += one.lines
            report.sides += one.sides
            report.faults += one.faults
        return report

    def _functions(self) -> Layers:
        """The activations of the layers, with the letters of their first units."""
        naming = Naming(self.spec)
        for number, layer in enumerate(self.spec.layers, 1):
            given = network.parameters_of(layer.activation, layer.parameters)
            z, a = (naming.name((stem, number, 1, 1)).core for stem in ("z", "a"))
            yield layer.activation, {name: Fraction(str(x)) for name, x in given.items()}, z, a

    def longest(self) -> tuple[int, str]:
        """How many letters the longest side of an equation has, and that side."""
        found = []
        for display in self.displays:
            checker = self.checker(display)
            for item in (item for chain in display.chains for item in chain.items):
                found.append((sum(1 for _ in letters_of(checker.node(item.tokens))), written(item.tokens)))
        return max(found)

    def mutate(self, tally: Tally, step: int = 1, offset: int = 0) -> None:
        """Every `step`-th change of every line; the page must have been checked before."""
        for display in self.displays:
            if display.is_identity:  # changed by test_identities
                continue
            run(self.checker(display), [display], tally, step, offset)


def _in_letters(markdown: str) -> str:
    """The part of a page between the headings `Solution in symbols` and `Solution in numbers`."""
    return (
        "## Solution in symbols\n"
        + markdown.partition("\n## Solution in symbols\n")[2].partition("\n## Solution in numbers\n")[0]
    )


def _without_functions(markdown: str) -> str:
    """A page without the derivations of its own functions, which have letters of their own."""
    before, heading, rest = markdown.partition(FUNCTIONS)
    return f"{before}\n## {rest.partition(NEXT)[2]}" if heading else markdown
