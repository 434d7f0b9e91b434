"""The documents of a problem of the kind `rule`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from nbsolve.compose.authored import pitfalls
from nbsolve.compose.rules.answers import RuleAnswers
from nbsolve.compose.rules.end import EndBlocks
from nbsolve.compose.rules.epochs import EpochBlocks
from nbsolve.compose.rules.letters import RuleNames
from nbsolve.compose.rules.lines import Lines
from nbsolve.compose.rules.live import LiveInRules
from nbsolve.compose.rules.statement import RuleStatement
from nbsolve.document import Block, Document
from nbsolve.problem.model import RuleProblem
from nbsolve.rules.training import Trained

__all__ = ["RulePage"]


@dataclass(frozen=True)
class RulePage:
    """Composes the documents of one problem."""

    trained: Trained
    names: RuleNames

    @property
    def problem(self) -> RuleProblem:
        """The problem."""
        return self.trained.problem

    @cached_property
    def training(self) -> EpochBlocks:
        """What happens when."""
        return EpochBlocks(self.trained, self.names, Lines.of(self.problem))

    @cached_property
    def outcome(self) -> EndBlocks:
        """What training comes to."""
        return EndBlocks(self.training)

    @property
    def _question(self) -> RuleStatement:
        return RuleStatement(self.training)

    def _document(self, blocks: Iterator[Block]) -> Document:
        return Document(tuple(blocks), self.names)

    # ------------------------------------------------------------------ the question

    @property
    def live(self) -> LiveInRules:
        """What fills numbers into the author's texts."""
        return LiveInRules(self.trained, self.names, self.training.lines, self.outcome.share_right)

    def statement(self, blanks: bool = False) -> Document:
        """What is given and asked; `blanks` stand for the numbers of the solution in its author's words."""
        return self._document(self._question.blocks(replace(self.live, blanks=blanks)))

    # ------------------------------------------------------------------ conventions

    def unsaid(self) -> Document:
        """What a question cannot do without: the formulae of the rule, and what the unit gives."""
        return self._document(self._question.unsaid())

    def conventions(self) -> Document:
        """The formulae of the rule, the step, the order of the samples, the end, rounding."""
        return self._document(iter((self._question.conventions(),)))

    # ------------------------------------------------------------------ the solution

    def epochs(self) -> Document:
        """Every epoch that is written out."""
        return self._document(self.training.blocks())

    def end(self) -> Document:
        """How training ends, and whether a line separates the classes at all."""
        return self._document(self._ending())

    def _ending(self) -> Iterator[Block]:
        yield from self.outcome.end()
        yield from self.outcome.separable()

    def boundary(self) -> Document:
        """The decision boundary."""
        return self._document(self.outcome.boundaries.blocks())

    def predictions(self) -> Document:
        """The predictions in the end."""
        return self._document(self.outcome.predictions())

    def worked(self) -> Document:
        """The solution: epochs, the end, the boundary, the predictions."""
        blocks = [one().blocks for one in (self.epochs, self.end, self.boundary, self.predictions)]
        return self._document(block for part in blocks for block in part)

    # ------------------------------------------------------------------ answers

    def answers(self) -> Document:
        """What was asked, part by part."""
        return self._document(RuleAnswers(self.outcome).blocks())

    # ------------------------------------------------------------------ the page

    def pitfalls(self) -> Document:
        """Common mistakes."""
        return self._document(pitfalls(self.problem, self.live.fill))
