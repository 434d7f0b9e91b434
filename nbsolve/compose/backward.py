"""The blocks of a backward pass: error signals, gradients, and what is also asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from nbsolve.blocks.dense import Dense
from nbsolve.blocks.network import network_graph
from nbsolve.compose.amount import MOST_UNITS, by_matrices
from nbsolve.compose.connections import layers_in_words
from nbsolve.compose.explaining import all_steps, resting
from nbsolve.compose.functions import activation_name, cancelled_words
from nbsolve.compose.iteration import IterationBlocks, layer_of
from nbsolve.compose.putting_in import put_into
from nbsolve.compose.spelling_out import SpellingOut, spelling_out, with_full_products
from nbsolve.document import Block, Derivation, Fold, Heading, Math, Paragraph
from nbsolve.expr import Atom, Expr, Quantity
from nbsolve.graph.graph import Graph
from nbsolve.graph.node import array_of
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.problem import wiring
from nbsolve.step import Form, Reason, Rule, Step
from nbsolve.symbol import LOSS, Partial, Role, Symbol, Unit, canonical


@dataclass(frozen=True)
class BackwardBlocks(IterationBlocks):
    """Writes the backward pass of one iteration."""

    def backward(self) -> Iterator[Block]:
        """Error signals from the last layer to the first, then the gradients of the parameters.

        What is asked comes first, with what it rests on; the rest is folded.
        """
        if not self.iteration.backward:
            return
        self.found_forward()
        plan, said = self.plan, set[str]()
        if not plan.sections:
            yield Fold(phrase("passages.not_asked_backward"), tuple(self._part(None, said)))
            return
        yield Heading(self.level, (phrase("sections.backward"),))
        for target, chosen in plan.sections:
            if target is not None:
                yield Heading(self.level + 1, (Math(Quantity(target)),))
            yield from self._part(chosen, said, headed=target is None)
        if plan.rest:
            yield Fold(phrase("passages.other_gradients"), tuple(self._part(plan.rest, said)))

    def _part(self, chosen: frozenset[Atom] | None, said: set[str], headed: bool = True) -> Iterator[Block]:
        """The chosen units of the backward pass, or all of it; what is `said` is not said again."""
        several = len(self.iteration.samples) > 1
        for label in self.iteration.labels:
            own = [
                s
                for s in self.iteration.backward
                if s.rule is not Rule.PARAMETER_GRADIENT and s.sample == label and self._units(s, chosen)
            ]
            if several and own:
                yield Heading(self.level + 1, (phrase("sections.sample", sample=str(label)),))
            yield from self._signals(own, self.level + 1 + several, chosen, said, headed)
        yield from self._gradients(chosen, said, headed)

    def _units(self, step: Step, chosen: frozenset[Atom] | None) -> Sequence[Step]:
        if chosen is None:
            return list(step.units) if not by_matrices(self.solution) else [step]
        return [unit for unit in step.units if unit.target in chosen]

    def _signals(
        self, steps: list[Step], level: int, chosen: frozenset[Atom] | None, said: set[str], headed: bool
    ) -> Iterator[Block]:
        ends = wiring.ends(self.solution.problem.network)
        current = None
        previous: Rule | None = None
        for step in steps:
            layer = layer_of(step)
            if layer != current and headed:
                current = layer
                number = str(layer)
                title = phrase("sections.signals_hidden", number=number)
                if layer in ends:
                    alone = phrase("sections.signals_output")
                    several = phrase("sections.signals_output_of", number=number)
                    title = alone if len(ends) == 1 else several
                yield Heading(level, (title,))
            # Rounded one by one and then added up, the shares of the paths give other digits than a matrix product.
            by_shares = self.lines.writer.each_step and Rule.PATH_SHARE in (step.rule, previous)
            if step.rule is Rule.PATH_SHARE and by_matrices(self.solution) and not by_shares:
                continue
            units = self._units(step, chosen)
            written = len({_unit(unit.target) for unit in units})
            words = self._signal_words(step, layer in ends, previous, written)
            if step.rule is not Rule.OUTPUT_SIGNAL or (self.first and words not in said):
                yield Paragraph((words,))
                said.add(words)
            previous = step.rule
            if by_matrices(self.solution) and not by_shares:
                yield self.matrices.derivation(step)
                continue
            for unit in step.units if by_shares and chosen is None else units:
                yield self.lines.derivation(self._spelled(unit), terms=step.rule is Rule.PATH_SUM)
            if not by_shares and chosen is None:
                yield from self._beside([step])
            signal = "softmax_sum" not in said and step.rule is Rule.OUTPUT_SIGNAL
            zero = signal and self._sums_to_zero(layer)
            if zero and self.first and len(units) > 1:
                said.add("softmax_sum")
                rounded = phrase("passages.up_to_rounding") if self.lines.writer.each_step else ""
                name = activation_name(self.solution.layer(layer).layer.activation)
                yield Paragraph((phrase("passages.softmax_sum", rounded=rounded, activation=name),))

    def _signal_words(self, step: Step, last: bool, previous: Rule | None, count: int) -> str:
        if step.rule in (Rule.LOSS_DERIVATIVE, Rule.LOCAL_DERIVATIVE):
            single = np.asarray(step.value).size == 1 or (count == 1 and not by_matrices(self.solution))
            if step.rule is Rule.LOSS_DERIVATIVE:
                return phrase("passages.loss_derivative_one" if single else "passages.loss_derivative")
            return phrase("passages.local_derivative_one" if single else "passages.local_derivative")
        if step.rule is Rule.OUTPUT_SIGNAL:
            form = next(iter(step.units)).forms[-1]
            if form.reason is Reason.CANCELLATION:
                return cancelled_words(self.solution.problem, layer_of(step), form.expression)
            layer = self.solution.layer(layer_of(step)).layer
            return phrase("passages.delta_jacobian", activation=activation_name(layer.activation))
        if step.rule in (Rule.PATH_SHARE, Rule.PATH_SUM):
            return self._path_words(step, previous, count)
        if not last and previous is not Rule.PATH_SUM:
            return phrase("passages.delta_back")
        if not last:
            return phrase("passages.delta_hidden")
        sign = phrase("passages.negative") if self.solution.problem.notation.delta == "-dL/dz" else ""
        one = self.solution.layer(layer_of(step)).layer.units == 1
        return phrase("passages.delta_output_one" if one else "passages.delta_output", sign=sign)

    def _path_words(self, step: Step, previous: Rule | None, written: int) -> str:
        """The sentence that says how many paths lead from a layer's units to the loss."""
        if step.rule is Rule.PATH_SUM and previous is Rule.PATH_SHARE:
            return phrase("passages.shares_added")
        layer = layer_of(step)
        network = self.solution.problem.network
        users = wiring.users(network, layer)
        combination = wiring.combination(network, users[0]) if len(users) == 1 else None
        if combination is not None and combination.distinguishes:
            return phrase_of("combinations.", combination.name, "backward")
        if not wiring.feeds_the_next(network, layer):
            return phrase("passages.paths_of_users", layers=layers_in_words(users))
        here, above = wiring.width_of(network, layer), wiring.width_of(network, users[0])
        alone = here == 1 or (written == 1 and not by_matrices(self.solution))
        subject = phrase("passages.this_unit" if alone else "passages.each_unit")
        if above == 1 and step.rule is Rule.PATH_SUM:
            return phrase("passages.one_path", subject=subject)
        count = phrase_of("numbers.", above) if 2 <= above <= MOST_UNITS else str(above)
        units = phrase("passages.both_units" if above == 2 else "passages.all_units", count=count)
        key: PhraseId = "passages.shares" if step.rule is Rule.PATH_SHARE else "passages.many_paths"
        return phrase(key, subject=subject, units=units, count=count)

    def _sums_to_zero(self, layer: int) -> bool:
        """Whether the error signals of an output layer are those of softmax."""
        output = self.solution.layer(layer)
        return output.joint and output.layer.units > 1

    def _gradients(self, chosen: frozenset[Atom] | None, said: set[str], headed: bool) -> Iterator[Block]:
        steps = [step for step in self.iteration.backward if step.rule is Rule.PARAMETER_GRADIENT]
        for layer in reversed(self.solution.layers):
            own = [step for step in steps if layer_of(step) == layer.index and self._units(step, chosen)]
            if not own:
                continue
            if headed:
                yield Heading(self.level + 1, (phrase("sections.gradients_layer", number=str(layer.index)),))
            if "gradients" not in said:
                if self._lettered:
                    yield Paragraph(put_into(self._lettered.values()))
                if not self._numbered_formulae and self.first:
                    yield Paragraph((" ".join(self._gradient_words(self.solution.how.way)),))
                said.add("gradients")
            shared = any(unit.target.wrt.shared for step in own for unit in self._units(step, chosen))  # type: ignore[union-attr]
            if shared and layer.layer.units > 1 and "shared" not in said:
                said.add("shared")
                yield Paragraph((phrase("passages.shared_bias"),))
            uses = wiring.uses_of_weights(self.solution.problem.network, layer.index)
            if len(uses) > 1 and any(step.target.wrt.role is Role.WEIGHT for step in own):  # type: ignore[union-attr]
                yield Paragraph((phrase("passages.tied", layers=layers_in_words(uses)),))
            yield from self._named(own, chosen, said)
            for step in own:
                if by_matrices(self.solution):
                    yield self.matrices.derivation(step)
                    continue
                for unit in self._units(step, chosen):
                    yield self._numbered(unit.target, self.lines.derivation(self._spelled(unit)))
                if chosen is None:
                    yield from self._beside([step])
            yield from self._dead_units(layer)

    def _named(self, steps: list[Step], chosen: frozenset[Atom] | None, said: set[str]) -> Iterator[Block]:
        """∂L/∂a and ∂L/∂z of the gradients' units, which whole paths do without: what the products have in common.

        With each step rounded, a product over a whole path is not one of rounded intermediate results.
        """
        if not self._names_common_factors:
            return
        units = [unit for step in steps for unit in self._units(step, chosen)]
        wanted = dict.fromkeys(
            Partial(LOSS, z) for unit in units for z in _signals_of(self._graph, unit.target)
        )
        found = [unit for unit in resting(self._common_factors, wanted) if canonical(unit.target) not in said]
        if not found:
            return
        said.update(canonical(unit.target) for unit in found)
        yield from (self.lines_of(unit).derivation(unit) for unit in found)

    @property
    def _names_common_factors(self) -> bool:
        alone = len(self.iteration.samples) == 1 and not by_matrices(self.solution)
        return self.solution.how.way == "paths" and alone and not self.lines.writer.each_step

    @cached_property
    def _graph(self) -> Graph:
        return network_graph(self.solution.layers)

    @cached_property
    def _common_factors(self) -> list[Step]:
        """The steps that find ∂L/∂a and ∂L/∂z of every layer."""
        roles = (Role.ACTIVATION, Role.PRE_ACTIVATION)
        return [
            step
            for step in all_steps(self.solution, self.iteration, ())
            if isinstance(step.target, Partial)
            and step.target.of == LOSS
            and step.target.wrt.role in roles
            and step not in self.iteration.backward
        ]

    @cached_property
    def _spelling_out(self) -> SpellingOut | None:
        if by_matrices(self.solution):
            return None
        return spelling_out(self.solution, self.iteration, self.letters)

    def _spelled(self, unit: Step) -> Step:
        """The step with its whole chain, where the explanation shows it; a numbered formula with its numbers."""
        formula = self._numbered_formulae.get(unit.target)
        if formula is not None:
            return replace(unit, forms=(Form(formula, Reason.LOCAL_DERIVATIVES),))
        if self._spelling_out is not None:
            return self._spelling_out.of(unit)
        return with_full_products(unit) if self.solution.how.way == "paths" else unit

    @property
    def _lettered(self) -> Mapping[Atom, int]:
        """The numbers of the formulae in letters; none where those are about other samples than this iteration."""
        return self.numbered if self.letters and self.letters.labels == self.iteration.labels else {}

    @cached_property
    def _numbered_formulae(self) -> dict[Atom, Expr]:
        """The formulae in letters that numbers are put into; with each step rounded, what was found is used."""
        if self.letters is None or self.lines.writer.each_step:
            return {}
        return {step.target: step.formula for step in self.letters.gradients if step.target in self._lettered}

    def _numbered(self, target: Atom, derivation: Derivation) -> Derivation:
        """The derivation with the number of the formula into which its numbers are put."""
        number = self._lettered.get(target)
        if number is None:
            return derivation
        *lines, last = derivation.lines
        return replace(derivation, lines=(*lines, replace(last, tag=number)))

    @property
    def _constant(self) -> str:
        """What the biases that are weights are multiplied by; nothing where there are none."""
        folded = [layer.layer.bias.folded for layer in self.solution.layers]
        return next((one.written for one in folded if one is not None), "")

    def _gradient_words(self, way: str) -> Iterator[str]:
        biases = [layer.layer.bias for layer in self.solution.layers]
        biased = any(bias.added for bias in biases)
        if way == "paths":
            yield phrase("passages.gradients_paths")
        elif way == "local_derivatives":
            said = phrase("passages.gradients_local_bias") if biased else ""
            yield phrase("passages.gradients_local", bias=said)
        elif self.solution.problem.notation.delta == "-dL/dz":
            said = phrase("passages.gradients_negative_bias") if biased else ""
            yield phrase("passages.gradients_negative", bias=said)
        else:
            yield phrase("passages.gradients", bias=phrase("passages.gradients_bias") if biased else "")
        if way == "paths" and self._names_common_factors:
            yield phrase("passages.common_factors")
        if way != "paths" and any(bias.subtracted for bias in biases):
            yield phrase("passages.gradients_threshold")
        if constant := self._constant:
            yield phrase("passages.gradients_folded", constant=constant)
        if len(self.iteration.samples) > 1:
            yield phrase("passages.batch")
        if self.solution.problem.regulariser is not None:
            yield phrase("passages.penalty")

    def _dead_units(self, layer: Dense) -> Iterator[Block]:
        """Name the units whose derivative is 0: they stop the gradient."""
        if by_matrices(self.solution) or len(self.iteration.samples) > 1:
            return
        slope = Partial(layer.a(), layer.z())
        for j in layer.units:
            if layer.function(j).kink in (None, "step"):
                continue
            local = Partial(layer.a(j), layer.z(j))
            if slope in self.iteration.values.stored and self.iteration.values[local] == 0:
                yield Paragraph((Math(Quantity(layer.a(j))), " " + phrase("passages.dead")))


def _signals_of(graph: Graph, target: Atom) -> Iterator[Symbol]:
    """The pre-activations that a parameter acts on directly; a shared bias's are those of weights beside it."""
    parameter = target if isinstance(target, Symbol) else target.wrt
    if parameter.shared:
        return
    for node, slot in graph.users(array_of(parameter)):
        yield from graph.reached(node, slot, parameter)


def _unit(target: Atom) -> Unit | None:
    return target.to if isinstance(target, Symbol) else target.wrt.to
