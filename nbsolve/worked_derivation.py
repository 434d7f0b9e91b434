"""The public face of a derivation: what `solve` gives for a problem of the kind `derivation`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any

from nbsolve.answers import VERSION
from nbsolve.derivation import Derivation
from nbsolve.errors import UnknownQuantityError
from nbsolve.live import filled_without_solution, texts_of
from nbsolve.notation import Names
from nbsolve.problem.model import DerivationProblem, Network, Notation, Topic
from nbsolve.problem.topics import derivations_of, graph_of
from nbsolve.shown import Shown, shown

if TYPE_CHECKING:
    from nbsolve.compose.derivation_page import DerivationPage
    from nbsolve.drawing import Drawing

__all__ = ["Finding", "WorkedDerivation", "write_json"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One result: `left` = `result`, both in plain text and in LaTeX; `id` is what parts call it."""

    id: str
    variant: str | None
    left: str
    left_latex: str
    result: str
    result_latex: str
    part: str | None = None


class WorkedDerivation:
    """Derivations, each line with its reason. The documents show themselves in Jupyter and print as text."""

    def __init__(self, problem: DerivationProblem) -> None:
        self.problem = problem
        # no network, hence no quantities: derivations are written in letters of their own
        self.names = Names(Network(inputs=1, layers=()), Notation())

    @property
    def _page(self) -> DerivationPage:
        from nbsolve.compose.derivation_page import DerivationPage

        return DerivationPage(self.problem, self.names)

    def entries(self, everything: bool = False) -> Iterator[Finding]:
        """The results that the parts ask for, or all of them."""
        if everything:
            for topic in self.problem.topics:
                yield from self._findings(topic, None)
            return
        for part in self.problem.parts:
            for ask in part.ask:
                yield from self._findings(self.topic(ask), part.label)

    def _findings(self, topic: Topic, part: str | None) -> Iterator[Finding]:
        from nbsolve.render import latex_math, text

        plain, latex = text.printer(self.names).print, latex_math.printer(self.names).print
        for derivation in self.derivations_of(topic.id):
            left, right = derivation.stages[-1].left, derivation.result
            yield Finding(
                topic.id, derivation.variant, plain(left), latex(left), plain(right), latex(right), part
            )

    def topic(self, id: str) -> Topic:
        """The topic of this name. Raises: UnknownQuantityError, listing what there is."""
        for topic in self.problem.topics:
            if topic.id == id:
                return topic
        known = ", ".join(topic.id for topic in self.problem.topics)
        raise UnknownQuantityError(f"{id} is not derived here; this problem has {known}")

    def derivations_of(self, id: str) -> tuple[Derivation, ...]:
        """The derivations of one topic as data. Raises: UnknownQuantityError."""
        return derivations_of(self.topic(id))

    def texts(self) -> dict[str, str]:
        """The author's texts, their numbers filled in, by YAML path (`pitfalls[0]`). Raises: ProblemError."""
        return {path: filled_without_solution(text, path) for path, text in texts_of(self.problem)}

    # ------------------------------------------------------------------ documents

    def statement(self) -> Shown:
        """What is asked."""
        return shown(self._page.statement())

    def unsaid(self) -> Shown:
        """The letters and definitions that a question cannot do without."""
        return shown(self._page.unsaid())

    def conventions(self) -> Shown:
        """The letters and the conventions at kinks."""
        return shown(self._page.conventions())

    def derivation(self, id: str) -> Shown:
        """One topic under its heading. Raises: UnknownQuantityError."""
        return shown(self._page.derivation(self.topic(id)))

    def derivations(self) -> Shown:
        """The derivations of all topics, one after the other."""
        return shown(self._page.derivations())

    def worked(self) -> Shown:
        """The derivations of all topics, as `derivations()` gives them."""
        return self.derivations()

    def explain(self, quantity: str) -> Shown:
        """One topic's derivation, as `derivation(…)` gives it."""
        return self.derivation(quantity)

    def answers(self) -> Shown:
        """A table of the results."""
        return shown(self._page.answers())

    def pitfalls(self) -> Shown:
        """Common mistakes."""
        return shown(self._page.pitfalls())

    def document(self) -> Shown:
        """The page as one document: statement, conventions, derivations, answers, pitfalls."""
        return shown(self._page.document())

    def draw(self, id: str | None = None) -> Drawing:
        """The function and its derivative in one plot (default: of the first topic).

        Raises: UnknownQuantityError.
        """
        from nbsolve.drawing.functions import plot_function

        shown = graph_of(self.problem.topics[0] if id is None else self.topic(id))
        return plot_function(
            shown.definition,
            shown.derivative,
            variable=shown.variable,
            domain=shown.domain,
            parameters=shown.parameters,
            labels=shown.labels,
        )

    def _repr_mimebundle_(self, **options: Any) -> dict[str, str]:
        return self.document()._repr_mimebundle_(**options)


def write_json(worked: WorkedDerivation, stream: IO[str], everything: bool = False) -> None:
    """Write the results as one JSON object, an entry a line."""
    problem = worked.problem
    head = {
        "version": VERSION,
        "problem": {
            "kind": problem.kind,
            "name": problem.name,
            "title": problem.title,
            "source": problem.source,
            "topics": [topic.id for topic in problem.topics],
        },
    }
    stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "answers": [')
    separator = "\n"
    for finding in worked.entries(everything=everything):
        data = {name: value for name, value in asdict(finding).items() if name != "part" or value is not None}
        stream.write(separator + json.dumps(data, ensure_ascii=False))
        separator = ",\n"
    stream.write("\n]}\n")
