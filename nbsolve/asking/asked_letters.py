"""What the parts ask for where the answer is a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from nbsolve.asking.derived import known_step, write_derived
from nbsolve.asking.listing import belongs_to_sample, of_sample
from nbsolve.asking.refusals import refusal
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Applied, Atom, Cases, Expr, Quantity, negated, substitute
from nbsolve.notation import Names
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import Part
from nbsolve.solving.jacobian import jacobian, products, rests_on_outputs, write_output_derivatives
from nbsolve.step import Form, Reason, Rule, Step
from nbsolve.symbol import LOSS, PARAMETERS, Partial, Role, Symbol, canonical
from nbsolve.symbolic import LetterPass
from nbsolve.symbolic.known import evaluate_steps
from nbsolve.symbolic.recorder import LetterRecorder


@dataclass(frozen=True)
class AskedInLetters:
    """The asked quantities with the steps that find them, part by part.

    `also` are the steps among them that the solution has no need of for anything else.
    """

    places: tuple[tuple[Part, Step], ...]
    also: tuple[Step, ...]

    @property
    def targets(self) -> frozenset[Atom]:
        """The asked quantities."""
        return frozenset(step.target for _, step in self.places)

    @classmethod
    def of(cls, letters: LetterPass, names: Names) -> AskedInLetters:
        """What the parts of the problem ask for. Raises UnknownQuantityError for what has no formula."""
        finder = InLetters(letters, names)
        places = tuple(
            (part, step)
            for part in letters.solution.problem.parts
            for step in dict.fromkeys(step for ask in part.ask for step in finder.asked(ask))
        )
        known = {step.target for step in letters.steps}
        also = dict.fromkeys(
            step for _, step in places if step.target not in known and not is_its_own_name(step)
        )
        return cls(places, tuple(also))


def is_its_own_name(step: Step) -> bool:
    """Whether a quantity is given as a letter: there is nothing to be said of it."""
    return step.formula == Quantity(step.target)


_KINDS: dict[str, Callable[[Step], bool]] = {
    "forward": lambda step: step.rule in (Rule.PRE_ACTIVATION, Rule.ACTIVATION),
    "loss": lambda step: step.rule is Rule.LOSS,
    "gradients": lambda step: step.rule is Rule.PARAMETER_GRADIENT,
    "updated_parameters": lambda step: step.rule is Rule.PARAMETER_UPDATE,
    "state": lambda step: is_kept(step.target),
}


@dataclass(frozen=True)
class InLetters:
    """Finds the steps of the quantities of one pass in letters."""

    letters: LetterPass
    names: Names

    def asked(self, ask: str) -> Iterator[Step]:
        """The steps that one word or name means."""
        kind = _KINDS.get(ask)
        if kind is not None:
            yield from (step for step in self.letters.steps if kind(step))
        elif ask == "changes":
            for step in self.letters.update:
                assert isinstance(step.target, Symbol)
                yield from self.steps(step.target._replace(new=False, change=True))
        elif ask == "deltas":
            for label in self.letters.labels:
                for layer in reversed(self.letters.solution.layers):
                    for j in layer.units:
                        yield from self._step(Partial(LOSS, layer.z(j, label)))
        elif ask == "jacobian":
            for label in self.letters.labels:
                for partial in jacobian(self.letters.solution, label):
                    yield from self._step(partial)
        elif ask in PRODUCTS:
            for label in self.letters.labels:
                for entry in products(PRODUCTS[ask].product, self.letters.solution, label):
                    yield from self._step(entry)
        elif self.letters.solution.problem.symbolic or ask not in _NUMBERS:
            yield from self.steps(self.names.resolve(ask))

    def steps(self, atom: Atom) -> Iterator[Step]:
        """The steps of a quantity: of its entries, in a batch for each sample. Raises: UnknownQuantityError."""
        reason = refusal(atom, self.letters.solution.problem)
        if reason is not None:
            raise UnknownQuantityError(f"{canonical(atom)} is asked, but {reason}")
        for label in self.letters.labels if belongs_to_sample(atom) else (None,):
            for entry in self.names.entries(atom):
                yield from self._step(of_sample(entry, label))

    def _step(self, atom: Atom) -> Iterator[Step]:
        symbolic = self.letters.solution.problem.symbolic
        if not self.letters.instances:
            return
        step = self.letters.step_of(atom)
        if isinstance(atom, Symbol) and atom.role is Role.DELTA:
            step = self._delta(atom)
        step = step or (self._of_outputs if rests_on_outputs(atom) else self._derived).get(atom)
        if step is None and (symbolic or not _needs_numbers(atom)):
            step = known_step(atom, self.letters.solution, self.letters.values, 1)
            step = None if not symbolic and is_its_own_name(step) else step
        if step is None:
            return
        if step.target not in self.letters.values:
            evaluate_steps(self.letters.solution, (step,), self.letters.values)
        yield step

    def _delta(self, atom: Symbol) -> Step | None:
        """δ, which is ∂L/∂z or its negative."""
        partial = Partial(LOSS, atom._replace(role=Role.PRE_ACTIVATION))
        step = self.letters.step_of(partial)
        if step is None:
            return None

        def oriented(expression: Expr) -> Expr:
            return negated(expression) if self.letters.solution.how.sign < 0 else expression

        forms = (Form(oriented(form.expression), form.reason) for form in step.forms)
        return replace(step, target=atom, forms=(Form(oriented(Quantity(partial))), *forms))

    @cached_property
    def _derived(self) -> Mapping[Atom, Step]:
        """The steps of what the pass does not write down, in closed form."""
        solution = self.letters.solution
        recorder = LetterRecorder(1, solution.arithmetic, None, values=self.letters.values)
        write_derived(recorder, solution, self.letters.labels)
        return _closed(recorder)

    @cached_property
    def _of_outputs(self) -> Mapping[Atom, Step]:
        """The derivatives of single outputs, in closed form."""
        solution = self.letters.solution
        recorder = LetterRecorder(1, solution.arithmetic, None, values=self.letters.values)
        write_output_derivatives(recorder, solution, self.letters.labels)
        return _closed(recorder)


def _closed(recorder: LetterRecorder) -> Mapping[Atom, Step]:
    """The steps of a recorder, each with the formulae of those before put in."""
    found: dict[Atom, Step] = {}

    def inlined(node: Expr) -> Expr | None:
        if isinstance(node, Applied) and node.primes and not isinstance(node.definition, Cases):
            return node.expanded
        known = found.get(node.atom) if isinstance(node, Quantity) else None
        return None if known is None else known.formula

    for whole in recorder.steps:
        for step in whole.units:
            closed = substitute(step.formula, inlined)
            more = () if closed == step.formula else (Form(closed, Reason.LOCAL_DERIVATIVES),)
            found[step.target] = replace(step, forms=(*step.forms, *more))
    return found


_NUMBERS = ("forward_after", "loss_after", "epoch_loss")


def is_kept(atom: Atom) -> bool:
    """Whether an optimiser keeps a quantity after the update."""
    return isinstance(atom, Symbol) and atom.role is Role.STATE and atom.new


def _needs_numbers(atom: Atom) -> bool:
    """Whether a quantity belongs to what is found after the update, or to many iterations."""
    return isinstance(atom, Symbol) and (
        atom.role in (Role.EPOCH_LOSS, Role.LOSS_DECREASE)
        or (atom.new and atom.role not in (*PARAMETERS, Role.STATE))
    )
