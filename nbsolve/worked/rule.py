"""The public face of a problem about a rule: what `solve` gives for a problem of the kind `rule`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from nbsolve.asking.answers import Answer, as_double
from nbsolve.compose.rules.letters import RuleNames, names_of, prediction
from nbsolve.document import Block, Document, Heading
from nbsolve.errors import UnknownQuantityError
from nbsolve.given import known
from nbsolve.live import texts_of
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.model import RuleProblem
from nbsolve.problem.rules import ASKS
from nbsolve.rules.boundary import boundary, drawn_units
from nbsolve.rules.training import EXACT, Trained, train
from nbsolve.symbol import canonical
from nbsolve.worked.page import Call, ComposedPage, Listing, Method
from nbsolve.worked.shown import Shown, shown

if TYPE_CHECKING:
    from flint import fmpq

    from nbsolve.compose.rules.page import RulePage
    from nbsolve.drawing import Drawing

__all__ = ["WorkedRule"]

_MOST_TURNS = 40
"""Lines for a training on a question sheet, at most."""
_LARGEST = 10**90
"""Numbers beyond it are not drawn."""
_SHORT = 256
"""Fractions of no more bits are kept when they have been written: longer ones do not come again."""

Said = tuple[float | str, str]


class WorkedRule(ComposedPage):
    """A training by a rule, every number exact. The documents show themselves in Jupyter and print as text.

    `trained` has the numbers: `solution.trained.epochs[0].turns[2].predictions`.
    """

    problem: RuleProblem
    names: RuleNames

    def __init__(self, problem: RuleProblem) -> None:
        self.problem = problem
        self.names = names_of(problem)
        self.trained: Trained = train(problem)

    @cached_property
    def _page(self) -> RulePage:
        from nbsolve.compose.rules.page import RulePage

        return RulePage(self.trained, self.names)

    @property
    def _units(self) -> range:
        return self._page.training.units

    # ------------------------------------------------------------------ numbers

    def entries(self, everything: bool = False) -> Iterator[Answer]:
        """The answers that the parts ask for, or all of them."""
        if everything:
            for word in ASKS:
                yield from self.answered(word, None, True)
            return
        for part in self.problem.parts:
            for word in part.ask:
                yield from self.answered(word, part.label)

    def answered(self, word: str, part: str | None, everything: bool = False) -> Iterator[Answer]:
        """The answers to one word."""
        last = len(self.trained.epochs)
        if word == "changes":
            yield from self._changes(part, everything)
        elif word == "updated_parameters":
            for unit in self._units:
                for parameter, value in self._page.outcome.final(unit):
                    new = parameter._replace(new=True)
                    yield self._number(canonical(new), self.names.latex(parameter), value, part, last)
        elif word == "epochs":
            yield self._count("epochs", last, part)
        elif word == "mistakes":
            yield self._count("mistakes", sum(epoch.mistakes for epoch in self.trained.epochs), part)
        elif word == "prediction":
            for sample in range(1, len(self.problem.samples) + 1):
                _, said = self.trained.predicted(self.trained.last, sample)
                for unit, value in enumerate(said, 1):
                    symbol = prediction(unit)
                    latex = self.names.latex(symbol._replace(sample=sample))
                    yield self._number(canonical(symbol), latex, value, part, last, sample)
        elif word == "accuracy":
            yield self._number("accuracy", r"\text{accuracy}", self._page.outcome.share_right, part, last)
        elif word == "decision_boundary":
            yield from self._boundaries(part)
        else:
            for unit, proof in enumerate(self._page.outcome.certificates, 1):
                said_ = r"\text{no}" if proof else r"\text{yes}"
                name = f"separable[{unit}]"
                yield Answer(
                    name, r"\text{separable}", None, None, None, None, None, part, said_[6:-1], said_
                )

    def _changes(self, part: str | None, everything: bool) -> Iterator[Answer]:
        """The parameters after every sample that changes them (after every epoch, where it is one batch)."""
        batch = self.problem.batch == "all"
        for epoch in self.trained.epochs:
            for turn in epoch.turns:
                if everything:
                    for unit in self._units:
                        own = {
                            f"z[1][{unit}]": turn.z[unit - 1],
                            f"a[1][{unit}]": turn.predictions[unit - 1],
                            f"e[{unit}]": turn.signals[unit - 1],
                        }
                        for name, value in own.items():
                            yield self._number(name, name, value, part, epoch.number, turn.sample)
                if turn.changes.moves and not batch:
                    for parameter, value in self._page.training.moving(turn.after):
                        new = canonical(parameter._replace(new=True))
                        latex = self.names.latex(
                            parameter._replace(sample=turn.sample, iteration=epoch.number)
                        )
                        yield self._number(new, latex, value, part, epoch.number, turn.sample)
            if batch and epoch.changes.moves:
                for parameter, value in self._page.training.moving(epoch.after):
                    new = canonical(parameter._replace(new=True))
                    latex = self.names.latex(parameter._replace(iteration=epoch.number))
                    yield self._number(new, latex, value, part, epoch.number)

    def _boundaries(self, part: str | None) -> Iterator[Answer]:
        from nbsolve.render import latex_math, text

        plain, latex = text.printer(self.names).print, latex_math.printer(self.names).print
        for unit in self._units:
            name = f"decision_boundary[{unit}]"
            found = boundary(self.trained, unit)
            formula = self._page.outcome.boundaries.equation(found)[0] if found.exists else None
            said = (
                ("none", r"\text{none}")
                if formula is None
                else (f"{plain(formula)} = 0", f"{latex(formula)} = 0")
            )
            symbol = r"\text{boundary}" if len(self._units) == 1 else rf"\text{{boundary {unit}}}"
            yield Answer(name, symbol, None, None, None, None, None, part, *said)

    def _count(self, name: str, value: int, part: str | None) -> Answer:
        return Answer(name, rf"\text{{{name}}}", None, None, float(value), float(value), str(value), part)

    def _number(
        self, name: str, latex: str, value: fmpq, part: str | None, epoch: int, sample: int | None = None
    ) -> Answer:
        number, text = self._said(value)
        return Answer(name, latex, epoch, sample, number, number, text, part)

    def _said(self, value: fmpq) -> Said:
        """A number as a double and as written. Where a rule goes round, short ones come again and again."""
        if value.height_bits() > _SHORT:
            return self._found(value)
        said = self._short.get(value)
        if said is None:
            said = self._short[value] = self._found(value)
        return said

    def _found(self, value: fmpq) -> Said:
        return as_double(value, EXACT), self._page.training.lines.answer(value).text

    @cached_property
    def _short(self) -> dict[fmpq, Said]:
        """What has been said of short numbers."""
        return {}

    @property
    def planes(self) -> range:
        """The units whose boundary can be drawn: all, or none."""
        last = self.trained.last
        numbers = [value for row in (*last.weights, last.constants) for value in row]
        numbers += [known(entry).rational for sample in self.problem.samples for entry in sample.input]
        return drawn_units(self.problem) if all(abs(value) < _LARGEST for value in numbers) else range(0)

    # ------------------------------------------------------------------ documents

    def _composed(self, write: Callable[[Any], Document]) -> Shown:
        return shown(write(self._page))

    def texts(self) -> dict[str, str]:
        """The author's texts, their numbers filled in, by YAML path (`pitfalls[0]`). Raises: ProblemError."""
        live = self._page.live
        return {path: live.fill(text, path) for path, text in texts_of(self.problem)}

    def epochs(self) -> Shown:
        """Every epoch that is written out: the first changes line by line, all of them in tables."""
        return shown(self._page.epochs())

    def end(self) -> Shown:
        """How training ends, and whether the classes can be separated at all, where it ended with mistakes."""
        return shown(self._page.end())

    def boundary(self) -> Shown:
        """The decision boundary as an equation."""
        return shown(self._page.boundary())

    def predictions(self) -> Shown:
        """The predictions in the end, and the accuracy."""
        return shown(self._page.predictions())

    def explain(self, quantity: str) -> Shown:
        """One stage: `changes`, `decision_boundary`, `prediction` … Raises: UnknownQuantityError."""
        stages = {
            "changes": self.epochs,
            "updated_parameters": self.end,
            "epochs": self.end,
            "mistakes": self.end,
            "separable": self.end,
            "decision_boundary": self.boundary,
            "prediction": self.predictions,
            "accuracy": self.predictions,
        }
        if quantity not in stages:
            raise UnknownQuantityError(
                f"{quantity} is not explained here; this problem has {', '.join(stages)}"
            )
        return stages[quantity]()

    def draw(
        self, id: str | None = None, *, unit: int = 1, backend: str = "svg", ax: Any | None = None
    ) -> Drawing:
        """The samples by class (`samples`); with the boundary of a unit and the way its weights point (`boundary`).

        Raises: UnknownQuantityError for another picture or unit, and where not exactly two inputs differ.
        """
        from nbsolve.drawing.charts.boundary import plot_plane
        from nbsolve.drawing.charts.rule_plane import plane_of
        from nbsolve.drawing.finishing import through_matplotlib

        show = id or "boundary"
        if show not in ("samples", "boundary"):
            raise UnknownQuantityError(f"there is no drawing {show!r} here; there are samples and boundary")
        if unit not in self._units:
            raise UnknownQuantityError(f"there is no unit {unit} here; there are {len(self._units)}")
        plane = plane_of(self.trained, self.names, unit, line=show == "boundary")
        if plane is None:
            raise UnknownQuantityError("only problems with two inputs that differ have a drawing")
        title = phrase("rule.drawing.title" if show == "boundary" else "rule.drawing.samples")
        if len(self._units) > 1:
            title = phrase("rule.drawing.of_unit", title=title, number=str(unit))
        drawing = plot_plane(plane, title)
        return through_matplotlib(drawing, ax) if backend == "matplotlib" or ax is not None else drawing

    # ------------------------------------------------------------------ what other outputs ask

    def cells(self) -> Iterator[Call]:
        """Epochs, the end, the boundary with its drawings, the predictions."""
        yield from ((stage, {}) for stage in ("epochs", "end", "boundary"))
        for unit in self.planes:
            yield "draw", {"unit": unit}
        yield "predictions", {}

    def question_drawing(self) -> dict[str, str] | None:
        """The samples, without the line between them."""
        return {"id": "samples"} if self.planes else None

    def pictures(self, blocks: Sequence[Block]) -> dict[int, Callable[[], Drawing]]:
        """Each unit's boundary below its heading."""
        boundary = Heading(2, (phrase("rule.boundary"),))
        if boundary not in blocks:
            return {}
        start = blocks.index(boundary)
        if len(self.planes) < 2:
            return {start: self.draw} if self.planes else {}
        headings = [n for n, block in enumerate(blocks) if n > start and isinstance(block, Heading)]
        return {
            place: partial(self.draw, unit=unit) for unit, place in zip(self.planes, headings, strict=False)
        }

    def listed(self) -> Listing:
        """The rule and the size of the layer; a step is a sample of an epoch."""
        from nbsolve.compose.rules.statement import rule_name

        problem = self.problem
        about = f"{problem.network.inputs}–{problem.network.layers[0].units} · {rule_name(problem)}"
        words = dict.fromkeys(phrase_of("rule.ask.", word) for part in problem.parts for word in part.ask)
        steps = len(problem.samples) * len(self.trained.epochs)
        return Listing("numbers", about, ", ".join(words), steps)

    def guide(self) -> str:
        """What can be changed in a rule."""
        return phrase("notebook.rules")

    def lines_of(self, ask: str, at: int | None) -> int:
        """The lines of a table for a training, two for everything else."""
        turns = len(self.problem.samples) * len(self.trained.epochs)
        return min(_MOST_TURNS, turns) if ask == "changes" else 2

    def methods(self) -> Iterator[Method]:
        """What answers one word, together."""
        for part in self.problem.parts:
            for word in part.ask:
                yield Method(
                    part.label, phrase_of("rule.method.", word), tuple(self.answered(word, part.label))
                )

    def about(self) -> dict[str, Any]:
        """The rule, the numbers of inputs and units, how many epochs training took, the rounding."""
        layer = self.problem.network.layers[0]
        return {
            "rule": self.problem.rule.name,
            "shape": [self.problem.network.inputs, layer.units],
            "epochs": len(self.trained.epochs),
            "rounding": self.problem.rounding.as_data(),
        }

    def askable(self) -> tuple[str, ...]:
        """The words that parts may ask."""
        return ASKS
