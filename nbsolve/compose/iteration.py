"""The blocks of one iteration: what all its parts share, the forward pass and the loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain

import numpy as np

from nbsolve.asking.listing import Asked
from nbsolve.blocks.dense import Dense, Parameter
from nbsolve.catalogue import COMBINATIONS, Equation
from nbsolve.compose.amount import by_matrices
from nbsolve.compose.calculator import Computations, digits_said_once
from nbsolve.compose.functions import layer_name
from nbsolve.compose.given_values import given_beside_computed
from nbsolve.compose.known import is_shifted
from nbsolve.compose.layout import Layout
from nbsolve.compose.lines import Lines
from nbsolve.compose.matrices import MatrixLines
from nbsolve.compose.numbers import Key
from nbsolve.compose.planning import Plan, plan_of
from nbsolve.compose.written_numbers import literal
from nbsolve.document import Block, Derivation, Fold, Heading, Line, Paragraph, Result
from nbsolve.expr import Atom, Quantity
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.problem import wiring
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Problem
from nbsolve.rounding import Written
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.step import Rule, Step
from nbsolve.symbol import Role, Symbol
from nbsolve.symbolic import LetterPass

FACTORS = frozenset(
    {
        Rule.LOSS_DERIVATIVE,
        Rule.LOCAL_DERIVATIVE,
        Rule.DELTA,
        Rule.OUTPUT_SIGNAL,
        Rule.PATH_SHARE,
        Rule.PATH_SUM,
    }
)
"""Rules whose results are numbered and called by their number afterwards."""


def optimiser_equations(problem: Problem) -> tuple[Equation, ...]:
    """What the optimiser of a problem finds for a parameter before it changes it."""
    training = problem.training
    return () if training is None else optimiser_of(training.optimiser).equations


@dataclass(frozen=True)
class IterationBlocks:
    """Writes the forward pass and the loss of one iteration.

    `asked` are the quantities that get a box, `level` is that of its headings, `also` are those
    among the asked ones that no step of the explanation finds. `numbered` are the numbers of the formulae in
    letters, into which numbers are put here; `order` is what is asked in its order, `needed_later`: a later
    iteration that is asked about rests on this one; `letters` is the same in letters, where the page has it.
    `needs` are the digits beyond the usual ones that its lines need of what was found before them; `computations`
    are the lines with numbers that were computed to learn that.
    """

    solution: Solution
    iteration: Iteration
    asked: Asked | frozenset[Atom]
    level: int
    also: tuple[Atom, ...] = ()
    numbered: Mapping[Atom, int] = field(default_factory=dict)
    order: tuple[Atom, ...] = ()
    needed_later: bool = False
    letters: LetterPass | None = None
    needs: dict[Key, int] = field(default_factory=dict)
    computations: Computations = field(default_factory=dict)

    @cached_property
    def tags(self) -> dict[Atom, int]:
        """The numbers of the factors of the backward pass, in the order in which they are found."""
        found: dict[Atom, int] = {}
        if by_matrices(self.solution):
            return found
        factors = [
            unit.target for step in self.iteration.backward if step.rule in FACTORS for unit in step.units
        ]
        for chosen in (*(own for _, own in self.plan.sections), None):
            for target in factors:
                if target not in found and (chosen is None or target in chosen):
                    found[target] = len(self.numbered) + len(found) + 1
        return found

    @cached_property
    def plan(self) -> Plan:
        """What of the backward pass stands where."""
        matrices = by_matrices(self.solution)
        return plan_of(self.solution, self.iteration, self.asked, self.order, self.needed_later, matrices)

    @cached_property
    def lines(self) -> Lines:
        """The writer of this iteration's derivations."""
        return Lines(
            self.solution,
            self.iteration.values,
            self.iteration.number,
            self.asked,
            self.tags,
            needs=self.needs,
            computations=self.computations,
        )

    @cached_property
    def matrices(self) -> MatrixLines:
        """The writer of this iteration's matrix equations."""
        return MatrixLines(self.lines, Layout.of(self.solution.problem))

    def begin(self) -> None:
        """Begin a new page, on which no part of a formula has had its line yet."""
        self.lines.said.clear()

    def found_forward(self) -> None:
        """Note the parts of formulae that the forward pass, which stands above, found the values of."""
        if not by_matrices(self.solution):
            for step in self.iteration.forward:
                self.lines.said.update(node for unit in step.units for node in self.lines.known(unit))

    @property
    def first(self) -> bool:
        """Whether no iteration stands above it that said what holds for every one."""
        return self.iteration is self.solution.iterations[0]

    def lines_of(self, unit: Step) -> Lines:
        """The writer of a step, which may know values that the iteration's own steps do not."""
        return replace(self.lines, values=unit.values)

    def matrices_of(self, step: Step) -> MatrixLines:
        """The writer of matrix equations for the step of a whole layer (see `lines_of`)."""
        return replace(self.matrices, lines=self.lines_of(step))

    # ------------------------------------------------------------------ the parameters at the start

    def start(self) -> Iterator[Block]:
        """Which parameters the iteration starts from, listed where the problem does not give them."""
        if self.iteration.number == 1:
            yield Paragraph((phrase("passages.initial_given"),))
            return
        yield Paragraph((phrase("passages.initial", number=str(self.iteration.number - 1)),))
        lines: list[Line] = []
        for layer in self.solution.layers:
            for parameter in layer.parameters:
                lines.append(self._starting(parameter))
        yield Derivation(tuple(lines))
        kept = [self._starting(state) for state in self._states_kept()]
        if kept:
            yield Paragraph((phrase("passages.initial_state"),))
            yield Derivation(tuple(kept))

    def _states_kept(self) -> Iterator[Parameter]:
        """What the optimiser has kept of each array of parameters."""
        for layer in self.solution.layers:
            for own in layer.parameters:
                for equation in optimiser_equations(self.solution.problem):
                    state = own.symbol.state(equation.name)
                    if state in self.iteration.values.stored and equation.kept:
                        members = [member.state(equation.name) for member in own.members]
                        yield replace(own, symbol=state, members=members)

    def _starting(self, parameter: Parameter) -> Line:
        """W = letters ≈ numbers, as the problem states the first ones."""
        line = self.assembled(parameter, lambda member: self.lines.operand(member, 0), boxed=False)
        value = self.iteration.values[parameter.symbol]
        if line.left != Quantity(parameter.symbol) or np.asarray(value).ndim == 0:
            return line
        assert isinstance(value, np.ndarray)
        if None in chain(*self.matrices.layout.entries_shown(parameter.symbol, value)):
            return line
        return replace(
            line, parts=(("=", self.matrices.layout.letters(parameter.symbol, value)), *line.parts)
        )

    def assembled(self, parameter: Parameter, write: Callable[[Atom], Written], boxed: bool) -> Line:
        """All members of a parameter in the problem's layout: W = matrix of numbers, or b = number."""
        operands = [write(member) for member in parameter.members]
        exact = self.lines.writer.each_step or all(written.exact for written in operands)
        relation = "=" if exact else "≈"
        if len(operands) == 1 and parameter.members[0].from_ is None:
            return Line(((relation, Result(literal(operands[0]), boxed)),), Quantity(parameter.members[0]))
        value = self.iteration.values[parameter.symbol]
        assert isinstance(value, np.ndarray)
        numbers = self.matrices.layout.numbers(parameter.symbol, value, write)
        return Line(((relation, Result(numbers, boxed)),), Quantity(parameter.symbol))

    # ------------------------------------------------------------------ forward

    def forward(self) -> Iterator[Block]:
        """Pre-activations and activations, layer by layer, sample by sample."""
        yield Heading(self.level, (phrase("sections.forward"),))
        yield from self._forward_blocks(self.iteration.forward, heading=True)

    def _forward_blocks(self, steps: Iterable[Step], heading: bool) -> Iterator[Block]:
        steps, said = list(steps), set[str]()
        several = len(self.iteration.samples) > 1
        for label in self.iteration.labels:
            if several:
                yield Heading(self.level + 1, (phrase("sections.sample", sample=str(label)),))
            for layer in self.solution.layers:
                if heading and not several:
                    yield Heading(self.level + 1, (self._layer_title(layer),))
                elif heading:
                    yield Paragraph((self._layer_title(layer),))
                words = self._layer_words(layer)
                if heading and self.first and words not in said:
                    said.add(words)
                    yield Paragraph((words,))
                own = [s for s in steps if s.sample == label and layer_of(s) == layer.index]
                if by_matrices(self.solution):
                    yield from (self.matrices.derivation(step) for step in own)
                    continue
                units = [list(step.units) for step in own]
                if layer.joint:  # each share needs all the sums
                    sums, shares = units
                    yield _merged([self.lines.derivation(unit) for unit in sums])
                    if any(is_shifted(node) for unit in shares for node in self.lines.known(unit)):
                        name = layer.layer.activation.name
                        yield Paragraph((phrase_of("passages.shifted_", name),))
                    merged = _merged([self.lines.derivation(unit) for unit in shares])
                    yield digits_said_once(merged, [Quantity(unit.target) for unit in shares])
                else:
                    for pair in zip(*units, strict=True):
                        yield _merged([self.lines.derivation(unit) for unit in pair])
                if heading:
                    writer = self.lines.writer
                    yield from given_beside_computed(
                        self.solution, self.iteration, layer.index, label, writer
                    )
                yield from self._beside(own)

    def _beside(self, steps: Iterable[Step]) -> Iterator[Block]:
        """The steps once more as matrix equations, where the problem wants both forms."""
        if self.solution.problem.detail != "both":
            return
        for step in steps:
            if step.forms and step.unit_forms is not None and np.asarray(step.value).size > 1:
                yield replace(self.matrices.derivation(step), anchors=())

    def _layer_title(self, layer: Dense) -> str:
        ends = wiring.ends(self.solution.problem.network)
        kind: PhraseId = "sections.output_layer" if layer.index in ends else "sections.hidden_layer"
        name = layer_name(layer.layer)
        return phrase(kind, number=str(layer.index), activation=name)

    def _layer_words(self, layer: Dense) -> str:
        if layer.layer.kind in COMBINATIONS:
            return phrase_of("combinations.", layer.layer.kind, "forward")
        bias, name = layer.layer.bias, layer.layer.activation.name
        said = "" if bias.absent else phrase_of("passages.and_", bias.kind)
        if layer.joint:
            return phrase_of("passages.layer_", name, bias=said)
        return phrase("passages.forward_linear" if name == "linear" else "passages.forward_layer", bias=said)

    # ------------------------------------------------------------------ loss

    def loss(self) -> Iterator[Block]:
        """The loss and what it is made of."""
        if not self.iteration.loss:
            return
        if not self.plan.sections and not self._asks_loss:
            folded = tuple(self._loss_blocks(self.iteration.loss))
            yield Fold(phrase("passages.not_asked_loss"), folded)
            return
        yield Heading(self.level, (phrase("sections.loss"),))
        yield from self._loss_blocks(self.iteration.loss)

    @property
    def _asks_loss(self) -> bool:
        """Whether a loss is asked for: the batch's, a sample's, an output's, what they rest on or lead to."""
        if not isinstance(self.asked, Asked):
            return True
        units = (Role.PRE_ACTIVATION, Role.ACTIVATION, Role.INPUT, Role.TARGET, Role.WEIGHT, Role.BIAS)
        symbols = [atom for atom in self.order if isinstance(atom, Symbol)]
        others = len(symbols) < len(self.order) or any(symbol.role not in units for symbol in symbols)
        return bool(self.asked.words - {"forward"}) or others

    def _loss_blocks(self, steps: Iterable[Step]) -> Iterator[Block]:
        for step in steps:
            if step.rule is Rule.PENALTY and by_matrices(self.solution):
                yield self.lines.value_only(step)
                continue
            for unit in step.units:
                yield self.lines.derivation(unit, terms=True)


def _merged(derivations: list[Derivation]) -> Derivation:
    return Derivation(
        tuple(line for derivation in derivations for line in derivation.lines),
        tuple(anchor for derivation in derivations for anchor in derivation.anchors),
    )


def layer_of(step: Step) -> int:
    """The layer that a step belongs to."""
    target = step.target if isinstance(step.target, Symbol) else step.target.wrt
    layer = target.layer
    assert layer is not None
    return layer
