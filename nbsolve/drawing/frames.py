"""One frame for each step of a solution: what the step finds, what it uses, what is known by then.

All frames of a problem share one layout, so that they can be flipped through.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from nbsolve.drawing.arranging import lay_out
from nbsolve.drawing.content import Content
from nbsolve.drawing.drawing import Drawing
from nbsolve.drawing.frame import Frame, step_forms, step_legend
from nbsolve.drawing.graph import network_graph
from nbsolve.drawing.layout import Layout
from nbsolve.drawing.legend import TITLE
from nbsolve.drawing.metrics import text_width
from nbsolve.drawing.moments import Moment, moments
from nbsolve.drawing.passes import Pass
from nbsolve.drawing.readings import Readings
from nbsolve.drawing.svg import write_svg
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom, atoms
from nbsolve.notation import Names
from nbsolve.phrases import phrase, phrase_of
from nbsolve.render.text import printer
from nbsolve.solving.solution import Solution
from nbsolve.symbol import PARAMETERS, Role, Symbol

__all__ = ["Frames"]

_LONGEST = 90


class Frames:
    """The frames of one solution. Raises: Undecided."""

    def __init__(self, solution: Solution, names: Names) -> None:
        self.solution, self.names = solution, names
        self.graph = network_graph(solution.problem, names)
        self.moments = moments(solution)
        self._readings: dict[tuple[int, int | None], Readings] = {}

    def frame(self, number: int) -> Drawing:
        """The frame of one step. Raises: UnknownQuantityError, which says how many there are."""
        if not self.moments:
            raise UnknownQuantityError("there are no steps to draw: the problem is in symbols")
        if not 1 <= number <= len(self.moments):
            raise UnknownQuantityError(f"no step {number}; there are steps 1 to {len(self.moments)}")
        content, alt = self._content(self.moments[number - 1])
        scene = replace(self.layout.scene(content), height=self._height)
        return Drawing(write_svg(scene, content.title, alt), content.title, alt, scene)

    @cached_property
    def layout(self) -> Layout:
        """Places with room for every frame."""
        samples = {(m.iteration.number, m.sample): m for m in self.moments}
        everything = [
            self._frame(moment, self._written, frozenset()).content("", ()) for moment in samples.values()
        ]
        title = max(map(self._title, self.moments), key=lambda title: text_width(title, TITLE))
        return lay_out(self.graph, [replace(everything[0], title=title, legend=step_legend()), *everything])

    @cached_property
    def _height(self) -> float:
        """The height that all frames share: that of the frame with the most lines below the network."""
        legend = self._content(self.moments[0])[0].legend
        empty = Content("", (), {}, {}, legend=legend, shorter=step_forms())
        heights = (
            self.layout.scene_height(replace(empty, notes=self._notes(moment))) for moment in self.moments
        )
        return max(heights)

    def _notes(self, moment: Moment) -> tuple[str, ...]:
        """The step's formula, and what is to be known of the picture."""
        return (self._formula(moment), *Pass(self.graph, self.readings(moment), self.names).notes())

    @cached_property
    def _written(self) -> frozenset[str]:
        """The ids of all lines of text that some step finds."""
        return frozenset(place for moment in self.moments for place in moment.found)

    def _content(self, moment: Moment) -> tuple[Content, str]:
        earlier = [
            m
            for m in self.moments[: moment.number]
            if m.iteration is moment.iteration and m.sample in (moment.sample, None)
        ]
        known = frozenset(place for m in earlier for place in m.found)
        title, formula = self._title(moment), self._formula(moment)
        frame = Frame(
            self.graph, self.readings(moment), self.names, moment, self._written, known, moment.found
        )
        return frame.content(title, self._notes(moment)), f"{title}. {formula}. {self._used(moment)}".strip()

    def _frame(self, moment: Moment, known: frozenset[str], found: frozenset[str]) -> Frame:
        readings = self.readings(moment)
        return Frame(self.graph, readings, self.names, moment, self._written, known, found)

    def _title(self, moment: Moment) -> str:
        slots = {"number": str(moment.number), "count": str(len(self.moments))}
        title = phrase("drawing.titles.step", rule=phrase_of("rules.", moment.step.rule), **slots)
        training = self.solution.problem.training
        if training is not None and training.iterations > 1:
            title += ", " + phrase("drawing.titles.iteration", number=str(moment.iteration.number))
        of_one_sample = moment.step.sample is not None or len(moment.iteration.samples) == 1
        if of_one_sample and len(self.solution.problem.samples) > 1:
            title += ", " + phrase("drawing.titles.sample", number=str(self.readings(moment).sample))
        return title

    def _formula(self, moment: Moment) -> str:
        """z₁ = w₁·x₁ + w₂·x₂ + b₁ = 0.6, without the formula where it is too long."""
        step = moment.step
        name = self.names.plain(step.target)
        formula = printer(self.names).print(step.formula)
        text = name if formula == name or len(formula) > _LONGEST else f"{name} = {formula}"
        if getattr(step.value, "ndim", 0):
            return text
        reading = self.readings(moment).of(step.target)
        return text if reading is None else f"{text} {reading.relation} {reading.plain()}"

    def _used(self, moment: Moment) -> str:
        """The sentence that lists the quantities a step uses, with their values."""
        readings = self.readings(moment)
        operands = {atom: readings.of(atom) for atom in atoms(moment.step.formula) if not _is_whole(atom)}
        listed = [
            f"{self.names.plain(atom)} {reading.relation} {reading.plain()}"
            for atom, reading in operands.items()
            if reading is not None
        ]
        return phrase("drawing.alt.uses", operands=", ".join(listed)) if listed else ""

    def readings(self, moment: Moment) -> Readings:
        """The numbers of the moment's iteration and sample."""
        key = moment.iteration.number, moment.sample
        if key not in self._readings:
            samples = dict(zip(moment.iteration.labels, moment.iteration.samples, strict=True))
            self._readings[key] = Readings(self.solution, key[0], samples[moment.sample])
        return self._readings[key]


def _is_whole(atom: Atom) -> bool:
    """Whether it is a vector or a matrix."""
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    return symbol.to is None and not symbol.shared and symbol.role in _OF_UNITS


_OF_UNITS = frozenset(
    {Role.INPUT, Role.TARGET, Role.PRE_ACTIVATION, Role.ACTIVATION, *PARAMETERS}
    | {Role.DELTA, Role.SHARE, Role.ERROR}
)
