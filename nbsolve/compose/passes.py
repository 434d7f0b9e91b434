"""The blocks of one iteration: forward pass, loss, backward pass, update, unit by unit or by matrices."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from nbsolve.compose.explaining import all_steps, resting, resting_by_layers
from nbsolve.compose.lines import Lines
from nbsolve.compose.matrices import LIMIT, MatrixLines
from nbsolve.compose.numbers import literal
from nbsolve.document import Block, Derivation, Heading, Inline, Math, Paragraph, Table, Text
from nbsolve.engine import Iteration, Solution
from nbsolve.expr import Atom, Quantity
from nbsolve.layers.dense import LOSS, Dense
from nbsolve.layers.parameters import held_members, parameters
from nbsolve.listing import Asked
from nbsolve.phrases import phrase
from nbsolve.step import Rule, Step
from nbsolve.symbol import Partial, Role, Symbol

MOST_UNITS = 8
MOST_PARAMETERS = 120
MOST_SAMPLES = 4
"""Beyond these sizes a solution without a wish of its own is written with matrices."""

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


def by_matrices(solution: Solution) -> bool:
    """Whether the solution is written with matrices rather than unit by unit."""
    problem = solution.problem
    if problem.detail != "auto":
        return problem.detail == "matrix"
    widths = [problem.network.inputs, *(layer.units for layer in problem.network.layers)]
    count = sum(below * above for below, above in itertools.pairwise(widths))
    batch = max((len(iteration.samples) for iteration in solution.iterations), default=1)
    return max(widths) > MOST_UNITS or count > MOST_PARAMETERS or batch > MOST_SAMPLES


def anchored(solution: Solution, iteration: Iteration) -> set[Atom]:
    """The quantities of an iteration that have an anchor of their own."""
    found: set[Atom] = set()
    for step in iteration.steps:
        if step.unit_forms is None:
            found.add(step.target)
        elif not by_matrices(solution):
            found.update(step.members)
        else:
            found.add(step.target)
            if np.asarray(step.value).size <= LIMIT * LIMIT:
                found.update(step.members)
    return found


@dataclass(frozen=True)
class Passes:
    """Writes one iteration; `asked` are the quantities that get a box, `level` that of its headings.

    `also` are those among the asked ones that no step of the explanation finds.
    """

    solution: Solution
    iteration: Iteration
    asked: Asked | frozenset[Atom]
    level: int
    also: tuple[Atom, ...] = ()

    @cached_property
    def tags(self) -> dict[Atom, int]:
        """The numbers of the factors of the backward pass, in the order in which they are found."""
        found: dict[Atom, int] = {}
        if by_matrices(self.solution):
            return found
        for step in self.iteration.backward:
            if step.rule in FACTORS:
                for unit in step.units:
                    found[unit.target] = len(found) + 1
        return found

    @cached_property
    def lines(self) -> Lines:
        """The writer of this iteration's derivations."""
        return Lines(self.solution, self.iteration.values, self.iteration.number, self.asked, self.tags)

    @cached_property
    def matrices(self) -> MatrixLines:
        """The writer of this iteration's matrix equations."""
        return MatrixLines(self.lines, self.solution.problem.network.layout == "x W + b")

    # ------------------------------------------------------------------ forward

    def forward(self) -> Iterator[Block]:
        """Pre-activations and activations, layer by layer, sample by sample."""
        yield Heading(self.level, (phrase("sections.forward"),))
        yield from self._forward_blocks(self.iteration.forward, heading=True)

    def _forward_blocks(self, steps: Iterable[Step], heading: bool) -> Iterator[Block]:
        steps = list(steps)
        several = len(self.iteration.samples) > 1
        for label in self.iteration.labels:
            if several:
                yield Heading(self.level + 1, (phrase("sections.sample", sample=str(label)),))
            for layer in self.solution.layers:
                if heading and not several:
                    yield Heading(self.level + 1, (self._layer_title(layer),))
                elif heading:
                    yield Paragraph((self._layer_title(layer),))
                if heading and (not several or label == self.iteration.labels[0]):
                    yield Paragraph((self._layer_words(layer),))
                own = [s for s in steps if s.sample == label and _layer_of(s) == layer.index]
                if by_matrices(self.solution):
                    yield from (self.matrices.derivation(step) for step in own)
                    continue
                units = [list(step.units) for step in own]
                for pair in zip(*units, strict=True):
                    yield _merged([self.lines.derivation(unit) for unit in pair])

    def _layer_title(self, layer: Dense) -> str:
        kind = "output_layer" if layer is self.solution.layers[-1] else "hidden_layer"
        name = phrase(f"activations.{layer.activation.name}")
        return phrase(f"sections.{kind}", number=str(layer.index), activation=name)

    def _layer_words(self, layer: Dense) -> str:
        kinds = {"units": "and_bias", "shared": "and_shared", "threshold": "and_threshold"}
        bias = layer.layer.bias.kind
        key = {"linear": "forward_linear", "softmax": "softmax_layer"}.get(
            layer.activation.name, "forward_layer"
        )
        return phrase(f"passages.{key}", bias="" if bias == "absent" else phrase(f"passages.{kinds[bias]}"))

    # ------------------------------------------------------------------ loss

    def loss(self) -> Iterator[Block]:
        """The loss and what it is made of."""
        if not self.iteration.loss:
            return
        yield Heading(self.level, (phrase("sections.loss"),))
        yield from self._loss_blocks(self.iteration.loss)

    def _loss_blocks(self, steps: Iterable[Step]) -> Iterator[Block]:
        for step in steps:
            if step.rule is Rule.PENALTY and by_matrices(self.solution):
                yield self.lines.value_only(step)
                continue
            for unit in step.units:
                yield self.lines.derivation(unit, terms=True)

    # ------------------------------------------------------------------ backward

    def backward(self) -> Iterator[Block]:
        """Error signals from the last layer to the first, then the gradients of the parameters."""
        if not self.iteration.backward:
            return
        yield Heading(self.level, (phrase("sections.backward"),))
        several = len(self.iteration.samples) > 1
        for label in self.iteration.labels:
            if several:
                yield Heading(self.level + 1, (phrase("sections.sample", sample=str(label)),))
            own = [
                s
                for s in self.iteration.backward
                if s.rule is not Rule.PARAMETER_GRADIENT and s.sample == label
            ]
            yield from self._signals(own, self.level + 1 + several)
        yield from self._gradients()

    def _signals(self, steps: list[Step], level: int) -> Iterator[Block]:
        last = len(self.solution.layers)
        current = None
        previous: Rule | None = None
        for step in steps:
            layer = _layer_of(step)
            if layer != current:
                current = layer
                title = (
                    phrase("sections.signals_output")
                    if layer == last
                    else phrase("sections.signals_hidden", number=str(layer))
                )
                yield Heading(level, (title,))
            if step.rule is Rule.PATH_SHARE and by_matrices(self.solution):
                continue
            yield Paragraph((self._signal_words(step, layer == last, previous),))
            previous = step.rule
            if by_matrices(self.solution):
                yield self.matrices.derivation(step)
                continue
            for unit in step.units:
                yield self.lines.derivation(unit, terms=step.rule is Rule.PATH_SUM)
            if step.rule is Rule.OUTPUT_SIGNAL and self._sums_to_zero():
                rounded = phrase("passages.up_to_rounding") if self.lines.writer.each_step else ""
                yield Paragraph((phrase("passages.softmax_sum", rounded=rounded),))

    def _signal_words(self, step: Step, last: bool, previous: Rule | None) -> str:
        if step.rule is Rule.LOSS_DERIVATIVE:
            return phrase("passages.loss_derivative")
        if step.rule is Rule.LOCAL_DERIVATIVE:
            return phrase("passages.local_derivative")
        if step.rule is Rule.OUTPUT_SIGNAL:
            jacobian = self.solution.layers[-1].activation.vector
            cancelled = any(form.reason == "cancellation" for unit in step.units for form in unit.forms)
            return phrase(
                "passages.delta_cancelled" if cancelled or not jacobian else "passages.delta_jacobian"
            )
        if step.rule in (Rule.PATH_SHARE, Rule.PATH_SUM):
            return self._path_words(step, previous)
        if not last and previous is not Rule.PATH_SUM:
            return phrase("passages.delta_back")
        if not last:
            return phrase("passages.delta_hidden")
        sign = phrase("passages.negative") if self.solution.problem.notation.delta == "-dL/dz" else ""
        one = "_one" if self.solution.layers[-1].layer.units == 1 else ""
        return phrase(f"passages.delta_output{one}", sign=sign)

    def _path_words(self, step: Step, previous: Rule | None) -> str:
        """How many ways lead from a layer's units to the loss."""
        if step.rule is Rule.PATH_SUM and previous is Rule.PATH_SHARE:
            return phrase("passages.shares_added")
        layer = _layer_of(step)
        here, above = (self.solution.layers[n].layer.units for n in (layer - 1, layer))
        subject = phrase("passages.this_unit" if here == 1 else "passages.each_unit")
        if above == 1 and step.rule is Rule.PATH_SUM:
            return phrase("passages.one_path", subject=subject)
        count = phrase(f"numbers.{above}") if 2 <= above <= MOST_UNITS else str(above)
        units = phrase("passages.both_units" if above == 2 else "passages.all_units", count=count)
        key = "shares" if step.rule is Rule.PATH_SHARE else "many_paths"
        return phrase(f"passages.{key}", subject=subject, units=units, count=count)

    def _sums_to_zero(self) -> bool:
        """Whether the error signals of the output layer are those of softmax."""
        output = self.solution.layers[-1]
        return output.activation.vector and output.layer.units > 1

    def _gradients(self) -> Iterator[Block]:
        steps = [step for step in self.iteration.backward if step.rule is Rule.PARAMETER_GRADIENT]
        way = self.solution.how.way
        key = {"delta": "gradients", "local_derivatives": "gradients_local", "paths": "gradients_paths"}[way]
        said = False
        for layer in reversed(self.solution.layers):
            own = [step for step in steps if _layer_of(step) == layer.index]
            if not own:
                continue
            yield Heading(self.level + 1, (phrase("sections.gradients_layer", number=str(layer.index)),))
            if not said:
                yield Paragraph((" ".join(self._gradient_words(key)),))
                said = True
            if layer.layer.bias.kind == "shared" and layer.layer.units > 1:
                yield Paragraph((phrase("passages.shared_bias"),))
            for step in own:
                if by_matrices(self.solution):
                    yield self.matrices.derivation(step)
                    continue
                for unit in step.units:
                    yield self.lines.derivation(unit)
            yield from self._dead_units(layer)

    def _gradient_words(self, key: str) -> Iterator[str]:
        kinds = {layer.layer.bias.kind for layer in self.solution.layers}
        if key == "gradients" and self.solution.problem.notation.delta == "-dL/dz":
            key = "gradients_negative"
        biased = key != "gradients_paths" and kinds & {"units", "shared"}
        yield phrase(f"passages.{key}", bias=phrase(f"passages.{key}_bias") if biased else "")
        if "threshold" in kinds and key != "gradients_paths":
            yield phrase("passages.gradients_threshold")
        if len(self.iteration.samples) > 1:
            yield phrase("passages.batch")
        if self.solution.problem.regulariser is not None:
            yield phrase("passages.penalty")

    def _dead_units(self, layer: Dense) -> Iterator[Block]:
        """What is remarkable: a unit whose slope is zero stops the gradient."""
        if (
            layer.activation.kink in (None, "step")
            or by_matrices(self.solution)
            or len(self.iteration.samples) > 1
        ):
            return
        slope = Partial(layer.a(), layer.z())
        for j in layer.units:
            local = Partial(layer.a(j), layer.z(j))
            if slope in self.iteration.values.stored and self.iteration.values[local] == 0:
                yield Paragraph((Math(Quantity(layer.a(j))), " " + phrase("passages.dead")))

    # ------------------------------------------------------------------ update

    def update(self) -> Iterator[Block]:
        """The new parameters, a table of them, and the network after the update."""
        if not self.iteration.update:
            return
        yield Heading(self.level, (phrase("sections.update"),))
        changes = any(step.rule is Rule.PARAMETER_CHANGE for step in self.iteration.update)
        yield Paragraph((phrase("passages.changes" if changes else "passages.update"),))
        for layer in self.solution.layers:
            own = [step for step in self.iteration.update if _layer_of(step) == layer.index]
            for step in own:
                if by_matrices(self.solution):
                    yield self.matrices.derivation(step)
                    continue
                found = [self.lines.compact(unit) for unit in step.units]
                yield Derivation(tuple(line for line, _ in found), tuple(anchor for _, anchor in found))
        held = [member for layer in self.solution.layers for member in held_members(layer)]
        if held:
            yield Paragraph(_sentence(phrase("passages.held", names="\0"), held))
        if not by_matrices(self.solution):
            yield self._summary()
        yield from self._after()

    def _summary(self) -> Table:
        rows = []
        values, writer = self.iteration.values, self.lines.writer
        for layer in self.solution.layers:
            for parameter in parameters(layer):
                for member in parameter.members:
                    row: list[Text] = [(Math(Quantity(member)),)]
                    for atom in (member, Partial(LOSS, member), replace(member, new=True)):
                        row.append((Math(literal(writer.answer(values, atom))),))
                    rows.append(tuple(row))
        header = tuple((phrase(f"answers.{key}"),) for key in ("parameter", "before", "gradient", "after"))
        return Table(header, tuple(rows), frozenset({1, 2, 3}))

    def _after(self) -> Iterator[Block]:
        if not self.iteration.after:
            return
        if isinstance(self.asked, Asked) and self.asked.after:
            yield Heading(self.level, (phrase("sections.after"),))
            yield Paragraph((phrase("passages.after"),))
            forward = [s for s in self.iteration.after if s.rule in (Rule.PRE_ACTIVATION, Rule.ACTIVATION)]
            yield from self._forward_blocks(forward, heading=False)
            yield from self._loss_blocks(s for s in self.iteration.after if s not in forward)
        if Symbol(Role.LOSS, new=True) in self.iteration.values.stored:
            yield Paragraph(self._loss_words())
        if self.iteration.epoch and Symbol(Role.EPOCH_LOSS) in self.asked:
            yield Heading(self.level, (phrase("sections.epoch"),))
            yield from (self.lines.derivation(step) for step in self.iteration.epoch)

    def _loss_words(self) -> Text:
        values, writer = self.iteration.values, self.lines.writer
        old, new = LOSS, Symbol(Role.LOSS, new=True)
        sign = self.solution.arithmetic.sign(values[new] - values[old])  # type: ignore[arg-type]
        key = {-1: "loss_fell", 0: "loss_same", 1: "loss_rose"}[sign]
        numbers = [Math(literal(writer.answer(values, atom))) for atom in (old, new)]
        if sign and numbers[0] == numbers[1]:
            return (phrase("passages.loss_hardly"),)
        template = phrase(f"passages.{key}", old="\0", new="\0") if sign else phrase(f"passages.{key}")
        return _filled(template, numbers)

    def everything(self) -> Iterator[Block]:
        """The iteration whole."""
        for part in (self.forward, self.loss, self.backward, self.also_asked, self.update):
            yield from part()

    def also_asked(self) -> Iterator[Block]:
        """What is asked and not needed for anything else, with the steps it rests on."""
        if not self.also:
            return
        written = anchored(self.solution, self.iteration)
        steps = all_steps(self.solution, self.iteration)
        if by_matrices(self.solution):
            layers = [s for s in resting_by_layers(steps, self.also) if s.target not in written]
            blocks = [self.matrices.derivation(step) for step in layers]
        else:
            units = [unit for unit in resting(steps, self.also) if unit.target not in written]
            blocks = [self.lines_of(unit).derivation(unit) for unit in units]
        if blocks:
            yield Heading(self.level, (phrase("sections.also"),))
            yield from blocks

    def lines_of(self, unit: Step) -> Lines:
        """The writer of a step, which may know values that the iteration's own steps do not."""
        return replace(self.lines, values=unit.values)


def _merged(derivations: list[Derivation]) -> Derivation:
    return Derivation(
        tuple(line for derivation in derivations for line in derivation.lines),
        tuple(anchor for derivation in derivations for anchor in derivation.anchors),
    )


def _layer_of(step: Step) -> int:
    target = step.target if isinstance(step.target, Symbol) else step.target.wrt
    layer = target.layer
    assert layer is not None
    return layer


def _sentence(template: str, symbols: list[Symbol]) -> Text:
    before, _, after = template.partition("\0")
    names: list[Inline] = []
    for position, symbol in enumerate(symbols):
        names.extend(([", "] if position else []) + [Math(Quantity(symbol))])
    return (before, *names, after)


def _filled(template: str, parts: list[Math]) -> Text:
    pieces = template.split("\0")
    text: list[Inline] = [pieces[0]]
    for part, piece in zip(parts, pieces[1:], strict=False):
        text.extend((part, piece))
    return tuple(piece for piece in text if piece != "")
