"""The blocks of a solution in letters: equations, local derivatives, chains, closed forms, general formulae."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from nbsolve.blocks.dense import Dense
from nbsolve.compose.derivations import reason_words
from nbsolve.compose.functions import activation_name, cancelled_words, layer_name
from nbsolve.compose.index_variables import IndexVariables, indices_of
from nbsolve.compose.iteration import layer_of
from nbsolve.compose.layout import Layout
from nbsolve.compose.optimiser_words import optimiser_words
from nbsolve.compose.putting_in import BOXED, PuttingIn, put_into
from nbsolve.compose.spelling_out import with_full_products
from nbsolve.document import Block, Derivation, Heading, Line, Markdown, Paragraph, Result, Text
from nbsolve.expr import Atom, Expr, Quantity
from nbsolve.notation import Names
from nbsolve.phrases import PhraseId, phrase, phrase_of
from nbsolve.problem import wiring
from nbsolve.step import Reason, Rule, Step
from nbsolve.symbol import Partial, anchor
from nbsolve.symbolic import LetterPass

_SHORT = 2
"""The most forms that share one line."""


@dataclass(frozen=True)
class LetterBlocks:
    """Writes a pass in letters. `asked` gets boxes, `also` are asked quantities that no other needs."""

    letters: LetterPass
    names: Names
    asked: Container[Atom]
    level: int
    also: tuple[Step, ...] = ()

    @cached_property
    def tags(self) -> dict[Atom, int]:
        """The numbers of the parameters' gradients."""
        return {step.target: number for number, step in enumerate(self.letters.gradients, start=1)}

    @property
    def _variables(self) -> IndexVariables:
        return IndexVariables(self.names)

    def everything(self) -> Iterator[Block]:
        """Write the whole pass: forward, loss, backward, update, numbers."""
        for part in (self.forward, self.loss, self.backward, self.update, self.numbers):
            yield from part()

    # ------------------------------------------------------------------ forward and loss

    def forward(self) -> Iterator[Block]:
        """The equations of every unit, or of whole layers where the network is large."""
        yield Heading(self.level, (phrase("sections.forward"),))
        if not self.letters.instances:
            wanted = self.letters.solution.problem.detail == "matrix"
            yield Paragraph((phrase("letters.matrices" if wanted else "letters.large"),))
            yield from self._matrices((Rule.PRE_ACTIVATION, Rule.ACTIVATION))
            return
        for layer in self.letters.solution.layers:
            yield Paragraph((self._layer_title(layer),))
            own = [step for step in self.letters.forward if layer_of(step) == layer.index]
            yield self._together(own)

    def _layer_title(self, layer: Dense) -> str:
        ends = wiring.ends(self.letters.solution.problem.network)
        kind: PhraseId = "sections.output_layer" if layer.index in ends else "sections.hidden_layer"
        name = layer_name(layer.layer)
        return phrase(kind, number=str(layer.index), activation=name) + ":"

    def loss(self) -> Iterator[Block]:
        """The loss in letters."""
        if self.letters.loss:
            yield Heading(self.level, (phrase("sections.loss"),))
            yield self._together(self.letters.loss)

    # ------------------------------------------------------------------ backward

    def backward(self) -> Iterator[Block]:
        """Local derivatives, error signals that simplify, general formulae, every gradient, matrices."""
        if not self.letters.solution.problem.differentiated:
            if self.also:
                yield Heading(self.level, (phrase("sections.also"),))
                yield from map(self.derivation, self.also)
            return
        yield Heading(self.level, (phrase("sections.backward"),))
        yield from self._factors() if self.letters.instances else self._general_factors()
        if self.letters.instances:
            yield from self._signals()
        yield from self._general()
        if self.letters.instances:
            yield from self._gradients()
        if self.letters.solution.problem.detail in ("matrix", "both") or not self.letters.instances:
            yield Heading(self.level + 1, (phrase("letters.matrix_form"),))
            yield Paragraph((phrase("letters.matrices"),))
            yield from self._one_sample()
            yield from self._matrices((Rule.DELTA, Rule.PARAMETER_GRADIENT))

    def _factors(self) -> Iterator[Block]:
        yield Heading(self.level + 1, (phrase("letters.factors"),))
        losses = [s for s in self.letters.factors if s.rule is Rule.LOSS_DERIVATIVE]
        if losses:
            several = len(losses) > 1
            yield Paragraph(
                (phrase("letters.loss_derivative" if several else "letters.loss_derivative_one"),)
            )
        if not losses:
            pass
        elif all(len(step.forms) == 1 for step in losses):
            yield self._together(losses)
        else:
            yield from (self.derivation(step, notes=True) for step in losses)
        for layer in reversed(self.letters.solution.layers):
            own = [s for s in self.letters.factors if s not in losses and layer_of(s) == layer.index]
            key: PhraseId = "letters.slopes" if len(own) > 1 else "letters.slope"
            if layer.joint:
                key = "letters.jacobian"
            name = activation_name(layer.layer.activation)
            yield Paragraph((phrase(key, number=str(layer.index), activation=name),))
            yield self._together(own)
        yield from self._linear()

    def _general_factors(self) -> Iterator[Block]:
        """The local derivatives with index variables, where the units are not written out one by one."""
        general = self.letters.general
        if general is None:
            return
        yield Heading(self.level + 1, (phrase("letters.factors"),))
        yield Paragraph((phrase("letters.general_factors"),))
        for step in general.factors:
            yield self.derivation(step, general=True)
        yield from self._linear()

    def _linear(self) -> Iterator[Block]:
        if self.letters.general is None:
            return
        yield Paragraph((Markdown(self._variables.legend(self.letters)),))
        yield Paragraph((phrase("letters.linear", others=self._others()),))
        yield self._together(self.letters.general.linear, general=True)

    def _others(self) -> str:
        """What the derivative is with respect to an input, and to biases and thresholds where there are any."""
        biases = [layer.layer.bias for layer in self.letters.solution.layers]
        words = [phrase("letters.linear_input")]
        words += [phrase("letters.linear_bias")] if any(bias.added for bias in biases) else []
        words += [phrase("letters.linear_threshold")] if any(bias.subtracted for bias in biases) else []
        comma = "," if len(words) > 1 else ""
        return "".join(f", {word}" for word in words[:-1]) + f"{comma} {phrase('statement.and')} {words[-1]}"

    def _signals(self) -> Iterator[Block]:
        steps = (*self.letters.signals, *self.also)
        if not steps:
            return
        yield Heading(self.level + 1, (phrase("letters.signals"),))
        said: set[str] = set()
        for step in self.letters.signals:
            words = self._why_signal(step)
            if words not in said:
                yield Paragraph((words,))
                said.add(words)
            yield self.derivation(step, notes=True)
        if self.letters.one_hot:
            yield Paragraph((phrase("letters.one_hot"),))
            yield self._together(self.letters.one_hot, anchors=False)
        if self.also:
            if self.letters.signals:
                yield Paragraph((phrase("letters.also"),))
            for step in self.also:
                yield self.derivation(step)

    def _why_signal(self, step: Step) -> str:
        """Why an error signal has a derivation of its own: softmax, factors that cancel, or too many paths."""
        assert isinstance(step.target, Partial)
        if self.letters.solution.layer(step.target.wrt.layer or 1).joint:
            layer = self.letters.solution.layer(step.target.wrt.layer or 1).layer
            return phrase("passages.delta_jacobian", activation=activation_name(layer.activation))
        if step.rule is Rule.OUTPUT_SIGNAL:
            return cancelled_words(self.letters.solution.problem, layer_of(step), step.forms[-1].expression)
        return phrase("letters.named")

    def _general(self) -> Iterator[Block]:
        general = self.letters.general
        if general is None or not general.gradients:
            return
        yield Heading(self.level + 1, (phrase("letters.general"),))
        key: PhraseId = "letters.general_instances" if self.letters.instances else "letters.general_only"
        indices = phrase_of("letters.index_", indices_of(self.letters))
        yield Paragraph((phrase(key, indices=indices),))
        yield from self._one_sample()
        for step in (*general.signals, *general.gradients):
            yield self.derivation(step, general=True)

    def _one_sample(self) -> Iterator[Block]:
        """How the formulae of any one sample make those of a batch."""
        if len(self.letters.labels) > 1:
            terms = self.letters.solution.problem.losses
            over = terms[0].over_samples if terms else "sum"
            yield Paragraph((phrase_of("letters.batch_", over),))

    def _gradients(self) -> Iterator[Block]:
        said = False
        for layer in reversed(self.letters.solution.layers):
            own = [step for step in self.letters.gradients if layer_of(step) == layer.index]
            yield Heading(self.level + 1, (phrase("sections.gradients_layer", number=str(layer.index)),))
            if not said:
                yield Paragraph(
                    (phrase("letters.gradients_one_path" if self._one_path else "letters.gradients"),)
                )
                said = True
            for step in own:
                yield self.derivation(with_full_products(step))

    @property
    def _one_path(self) -> bool:
        """Whether one product makes each gradient: one sample, one unit in every layer that has one before it."""
        first, *others = self.letters.solution.layers
        shared = first.layer.bias.shared and first.layer.units > 1
        alone = len(self.letters.labels) == 1 and self.letters.solution.problem.regulariser is None
        split = first.joint or any(layer.layer.units > 1 for layer in others)
        return alone and not shared and not split

    def _matrices(self, rules: Iterable[Rule]) -> Iterator[Block]:
        layout = Layout.of(self.letters.solution.problem)
        steps = []
        for step in self.letters.matrices:
            if step.rule in rules:
                forms = (replace(form, expression=layout.written(form.expression)) for form in step.forms)
                steps.append(replace(step, forms=tuple(forms)))
        yield self._together(steps, general=True)

    def update(self) -> Iterator[Block]:
        """The new parameters."""
        if self.letters.update:
            yield Heading(self.level, (phrase("sections.update"),))
            training = self.letters.solution.problem.training
            assert training is not None
            yield Paragraph((optimiser_words(training.optimiser, "update"),))
            yield self._together(self.letters.update)

    # ------------------------------------------------------------------ numbers

    def numbers(self) -> Iterator[Block]:
        """Put the given numbers into the formulae, where only some quantities are given."""
        if not self.letters.solution.problem.symbolic or not self.letters.values.stored:
            return
        putting_in = PuttingIn(self.letters, self.asked, self.tags)
        steps = (*self.letters.forward, *self.letters.loss, *self.letters.signals, *self.also)
        lines = [block for step in steps for block in putting_in.blocks(step)]
        gradients = [block for step in self.letters.gradients for block in putting_in.blocks(step)]
        if not lines and not gradients:
            return
        yield Heading(self.level, (phrase("letters.with_numbers"),))
        yield from lines
        if gradients:
            yield Paragraph(put_into(self.tags.values()))
            yield from gradients

    # ------------------------------------------------------------------ lines

    def _together(self, steps: Iterable[Step], anchors: bool = True, general: bool = False) -> Derivation:
        """Several steps in one aligned block, a step of few forms on one line."""
        lines: list[Line] = []
        ids: list[str] = []
        for step in steps:
            lines.extend(self._lines(step, joined=True, general=general))
            ids.append(f"letters-{anchor(step.target)}")
        return Derivation(tuple(lines), tuple(ids) if anchors and not general else ())

    def derivation(self, step: Step, notes: bool = False, general: bool = False) -> Derivation:
        """One step, a form a line; what is `general` is no answer and has no number."""
        ids = () if general else (f"letters-{anchor(step.target)}",)
        return Derivation(tuple(self._lines(step, notes=notes, general=general)), ids)

    def _lines(
        self, step: Step, joined: bool = False, notes: bool = False, general: bool = False
    ) -> Iterator[Line]:
        forms = step.forms
        rights: list[Expr | Result] = [form.expression for form in forms]
        ranges: Text = ()
        if general and self.names.general.numbered_through:
            rights = [self._variables.as_counted(right) for right in rights]  # type: ignore[arg-type]
            ranges = tuple(self._variables.ranges(step.target))
        if step.target in self.asked and step.rule in BOXED and not general:
            rights[-1] = Result(forms[-1].expression, boxed=True)
        tag = None if general else self.tags.get(step.target)
        left = Quantity(step.target)
        if joined and len(forms) <= _SHORT:
            yield Line(tuple(("=", right) for right in rights), left, ranges, tag)
            return
        for place, (form, right) in enumerate(zip(forms, rights, strict=True)):
            note: Text = reason_words(form) if notes and _says_something(form.reason) else ()
            last = place == len(forms) - 1
            note = ranges if last and not note else note
            yield Line((("=", right),), left if place == 0 else None, note, tag if last else None)


def _says_something(reason: Reason) -> bool:
    return reason is not Reason.DEFINITION
