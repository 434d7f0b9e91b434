"""The statement of a computation graph: its given quantities, its equations, what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.compose.authored import asked_when, authored, parts
from nbsolve.compose.compared import called, other_optimiser
from nbsolve.compose.given_numbers import array_blocks, kept_before
from nbsolve.compose.grids import joined
from nbsolve.compose.index_variables import running
from nbsolve.compose.optimiser_words import changes, optimiser_stated, rate_words, rule_letters
from nbsolve.compose.sentences import enumerated, with_commas
from nbsolve.document import Block, Derivation, Heading, Inline, Line, Math, Paragraph
from nbsolve.equations.asking import asked_of
from nbsolve.equations.building import Built, general_formula, quantity
from nbsolve.equations.names import GraphNames
from nbsolve.equations.updating import RATE
from nbsolve.expr import Quantity, literal
from nbsolve.given import Given
from nbsolve.live import Filler
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.graphs.asks import COMPARISON, STATE, WORDS
from nbsolve.problem.model import Equation, GraphTraining, Part
from nbsolve.symbol import Index, Partial, Symbol

__all__ = ["GraphStatement"]

MOST_NAMED = 6
"""More quantities of one array are named by the first and the last."""


@dataclass(frozen=True)
class GraphStatement:
    """Writes what is given and asked."""

    built: Built
    names: GraphNames

    def blocks(self, live: Filler) -> Iterator[Block]:
        """The statement, its author's words with the numbers of `live`."""
        problem = self.built.problem
        yield Heading(2, (phrase("sections.statement"),))
        if problem.statement:
            yield Paragraph((authored(problem, live.fill(problem.statement, "statement"), 3),))
        yield from self.given()
        yield Paragraph((phrase("graphs.equations" if len(problem.equations) > 1 else "graphs.equation"),))
        yield Derivation(tuple(map(self.equation, problem.equations)))
        yield from self._incoming()
        yield from self._training()
        if problem.training is not None:
            yield from kept_before(problem)
        yield from parts(problem, live.fill, self._asked)

    # ------------------------------------------------------------------ what is given

    def given(self) -> Iterator[Block]:
        """Numbers in a line, arrays as vectors and matrices; of letters their names."""
        problem = self.built.problem
        single = [array for array in problem.given if not array.shape]
        if single:
            listed: list[Inline] = []
            for array in single:
                (entry,) = array.entries
                name = Quantity(quantity(array.name))
                listed.append(Math(name, "=", literal(entry)) if isinstance(entry, Given) else Math(name))
            yield Paragraph((phrase("graphs.given") + " ", *with_commas(listed)))
        yield from joined(
            block
            for array in problem.given
            if array.shape
            for block in array_blocks(quantity(array.name), array.shape, array.entries)
        )
        if problem.padding:
            outside = with_commas(
                Math(Quantity(self._indexed(name)), "=", literal(number))
                for name, number in problem.padding.items()
            )
            yield Paragraph((phrase("graphs.padding") + " ", *outside))

    def _indexed(self, name: str) -> Symbol:
        letters = "ijk"[: len(self.built.problem.shapes[name])]
        return Symbol.node(name, tuple(map(Index, letters)))

    # ------------------------------------------------------------------ equations

    def equation(self, equation: Equation) -> Line:
        """An equation with its index letters, and how far these run."""
        left = Symbol.node(equation.name, tuple(map(Index, equation.letters)))
        formula = general_formula(equation, self.built.problem.shapes)
        ranges: list[Inline] = []
        for letter in equation.letters:
            ranges += ["; "] if ranges else []
            ranges += running(letter, range(1, equation.lengths[letter] + 1))
        return Line((("=", formula),), Quantity(left), note=tuple(ranges))

    def _incoming(self) -> Iterator[Block]:
        """The gradient that comes in, where it is given."""
        problem, of = self.built.problem, self.names.objective
        if problem.upstream is None:
            return
        if len(problem.upstream) > MOST_NAMED and (shape := problem.shapes[problem.gradients_of]):
            yield Paragraph((phrase("graphs.upstream"),))
            whole = Partial(of, quantity(problem.gradients_of))
            yield from joined(array_blocks(whole, shape, problem.upstream))
            return
        given = zip(self.built.objective, problem.upstream, strict=True)
        listed = with_commas(Math(Quantity(Partial(of, one)), "=", literal(number)) for one, number in given)
        yield Paragraph((phrase("graphs.upstream") + " ", *listed))

    def _training(self) -> Iterator[Block]:
        problem = self.built.problem
        training = problem.training
        if training is None:
            return
        said: list[Inline] = [
            _training_words(training) + " ",
            *enumerated([[Math(Quantity(quantity(name)))] for name in training.parameters]),
        ]
        if training.iterations > 1:
            said.append(f" {phrase('graphs.times', count=str(training.iterations))}")
        if changes(training):
            said += [". ", *with_commas(rate_words(training))]
        else:
            rate = literal(training.optimiser.parameters["learning_rate"])
            said += [f", {phrase('graphs.with_rate')} ", Math(Quantity(RATE), "=", rate)]
        if training.optimiser.name != "sgd" or training.optimiser.clip:
            up = training.direction == "ascent"
            yield from optimiser_stated((*said, ", "), training.optimiser, ".", up)
        else:
            yield Paragraph((*said, "."))
        if problem.compared is not None:
            yield from other_optimiser(problem.compared, phrase("graphs.compared") + " ")
        yield from map(Paragraph, rule_letters(training))

    # ------------------------------------------------------------------ what is asked

    def _asked(self, part: Part) -> Iterator[Inline]:
        yield from enumerated([one for ask in part.ask for one in self._asks(ask, part)])
        training = self.built.problem.training
        several = training is not None and {*part.ask} != {COMPARISON}
        shown, count = (training.show, training.iterations) if training is not None and several else ((), 1)
        if when := asked_when(part, shown, count):
            yield when

    def _asks(self, ask: str, part: Part) -> Iterator[list[Inline]]:
        if ask in ("forward", "local_derivatives", "updated_parameters", STATE):
            yield [phrase_of("graphs.ask_", ask)]
            return
        if ask == COMPARISON:
            _, name = called(self.built.problem, self.names)
            yield [phrase_of("graphs.ask_", ask, name=name)]
            return
        asked = list(asked_of(part.model_copy(update={"ask": (ask,)}), self.built, self.names))
        if len(asked) <= MOST_NAMED:
            for atom in asked:
                yield [Math(Quantity(atom))]
            return
        first, last = Math(Quantity(asked[0])), Math(Quantity(asked[-1]))
        ends: list[Inline] = [first, f" {phrase('statement.to')} ", last]
        yield (
            ends
            if ask not in WORDS
            else [f"{phrase('graphs.ask_gradients')}, {phrase('graphs.from')} ", *ends]
        )


def _training_words(training: GraphTraining) -> str:
    """What the sentence about a training begins with: gradient descent is only one of the ways down."""
    if training.direction == "ascent":
        return phrase("graphs.ascent")
    return phrase("graphs.descent" if training.optimiser.name == "sgd" else "graphs.trained")
