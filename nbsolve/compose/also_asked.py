"""What is asked and not needed for anything else, and the Jacobian of the outputs among it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from nbsolve.arithmetic import Arithmetic
from nbsolve.asking.derived import derive
from nbsolve.asking.listing import Asked
from nbsolve.compose.amount import anchored, by_matrices
from nbsolve.compose.backward import BackwardBlocks
from nbsolve.compose.explaining import all_steps, by_layers, resting, resting_by_layers
from nbsolve.compose.jacobian import jacobian_entries, jacobian_product, jacobian_words, product_words
from nbsolve.document import Block, Heading, Paragraph
from nbsolve.evaluate import evaluate
from nbsolve.expr import Atom, Sum
from nbsolve.phrases import phrase
from nbsolve.solving.jacobian import is_of_output, is_product, jacobian, rests_on_outputs
from nbsolve.step import Step
from nbsolve.symbol import Role, Symbol


def shows_terms(unit: Step, arithmetic: Arithmetic) -> bool:
    """Whether the value of each term of a derivative of an output has a line: not where one of them is 0."""
    if not is_of_output(unit.target) or not isinstance(unit.formula, Sum):
        return False
    return all(evaluate(term, unit.values, arithmetic) != 0 for term in unit.formula.operands)


@dataclass(frozen=True)
class AlsoAsked(BackwardBlocks):
    """Writes what the passes of one iteration do not find."""

    def also_asked(self, after: bool = False) -> Iterator[Block]:
        """What is asked and not needed for anything else, with the steps it rests on; `after`: after the update."""
        also = [atom for atom in self.also if _is_after(atom) == after]
        of_outputs = [atom for atom in also if is_of_output(atom)]
        products = [atom for atom in also if is_product(atom)]
        if blocks := self._found_also([atom for atom in also if not rests_on_outputs(atom)]):
            yield Heading(self.level, (phrase("sections.also"),))
            yield from blocks
        if blocks := self._found_also(of_outputs):
            yield from self._jacobian(blocks)
        if products:
            yield Heading(self.level, (phrase("sections.jacobian_products"),))
            yield from self._products(products, of_outputs)

    def _found_also(self, also: list[Atom], told: Sequence[Atom] = ()) -> list[Block]:
        """The lines of some quantities, and of what they rest on that has none yet; `told` have theirs already."""
        if not also:
            return []
        self.found_forward()
        written = anchored(self.solution, self.iteration)
        if by_matrices(self.solution):
            also = by_layers(also, self.iteration)
        steps = all_steps(self.solution, self.iteration, also)
        if by_matrices(self.solution):
            written |= {step.target for step in resting_by_layers(steps, told)}
            layers = [s for s in resting_by_layers(steps, also) if s.target not in written]
            return [self.matrices_of(step).derivation(step) for step in layers]
        if self._names_common_factors:
            written |= {atom for step in self._common_factors for atom in (step.target, *step.members)}
        written |= {unit.target for unit in resting(steps, told)}
        units = [unit for unit in resting(steps, also) if unit.target not in written]
        return [
            self.lines_of(unit).derivation(unit, terms=shows_terms(unit, self.solution.arithmetic))
            for unit in units
        ]

    def _products(self, products: list[Atom], told: list[Atom]) -> Iterator[Block]:
        """J v and uᵀ J, each after the words that say what it is; `told` are entries of J that have their lines."""
        entries = [atom for label in self.iteration.labels for atom in jacobian(self.solution, label)]
        if by_matrices(self.solution) and not {*entries} <= {*told}:  # the whole matrix is multiplied
            yield from self._found_also([*entries], told)
            yield from self._together()
            told = [*told, *entries]
        for role in dict.fromkeys(atom.role for atom in products if isinstance(atom, Symbol)):
            own = [atom for atom in products if isinstance(atom, Symbol) and atom.role is role]
            yield Paragraph(product_words(self.solution, role))
            yield from self._found_also([*own], told)
            told = [*told, *own]

    @cached_property
    def units_of_outputs(self) -> list[Step]:
        """The steps of single units that the derivatives of outputs rest on; none where they are matrices."""
        also = [atom for atom in self.also if rests_on_outputs(atom)]
        if not also or by_matrices(self.solution):
            return []
        written = anchored(self.solution, self.iteration)
        steps = all_steps(self.solution, self.iteration, also)
        return [unit for unit in resting(steps, also) if unit.target not in written]

    def _jacobian(self, entries: list[Block]) -> Iterator[Block]:
        """Derivatives of outputs; where all of them are asked, how the whole matrix comes about."""
        whole = isinstance(self.asked, Asked) and "jacobian" in self.asked.words
        yield Heading(self.level, (phrase("sections.jacobian" if whole else "sections.of_outputs"),))
        product = jacobian_product(self.solution, self.iteration.labels[0]) if whole and self.first else None
        if product is not None:
            yield Paragraph((jacobian_words(self.solution),))
            yield product
            yield Paragraph((phrase("passages.jacobian_entries"),))
        yield from entries
        if whole:
            yield from self._together()

    def _together(self) -> Iterator[Block]:
        """The Jacobian of each sample as a matrix."""
        values = derive(self.solution, self.iteration, outputs=True).values
        found = (jacobian_entries(self, values, label) for label in self.iteration.labels)
        shown = [block for block in found if block is not None]
        if shown:
            yield Paragraph((phrase("passages.jacobian_together"),))
            yield from shown


def _is_after(atom: Atom) -> bool:
    """Whether a quantity is found after the gradients: by the update, or with the new parameters."""
    return isinstance(atom, Symbol) and (atom.new or atom.change or atom.role is Role.LOSS_DECREASE)
