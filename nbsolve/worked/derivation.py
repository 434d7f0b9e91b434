"""The public face of a derivation: what `solve` gives for a problem of the kind `derivation`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from nbsolve.catalogue import ACTIVATIONS, LOSSES
from nbsolve.derivation import Derivation
from nbsolve.document import Block, Document, Heading
from nbsolve.errors import UnknownQuantityError
from nbsolve.notation import Names
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.model import DerivationProblem, Network, Notation, Topic
from nbsolve.problem.topics import derivations_of, graph_of
from nbsolve.step import Reason
from nbsolve.worked.page import Call, ComposedPage, Finding, Listing, Method
from nbsolve.worked.shown import Shown, shown

if TYPE_CHECKING:
    from nbsolve.compose.derivation_page import DerivationPage
    from nbsolve.drawing import Drawing

__all__ = ["WorkedDerivation"]

_NO_METHOD = frozenset(
    {Reason.DEFINITION, Reason.FACTORS, Reason.FOUND, Reason.REWRITTEN, Reason.SIMPLIFIED, Reason.ENTRY}
)
"""Reasons that no mark is given for: what is copied, or only written in another way."""


class WorkedDerivation(ComposedPage):
    """Derivations, each line with its reason. The documents show themselves in Jupyter and print as text."""

    problem: DerivationProblem

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

    # ------------------------------------------------------------------ documents

    def _composed(self, write: Callable[[Any], Document]) -> Shown:
        return shown(write(self._page))

    def statement(self, blanks: bool = False) -> Shown:
        """What is asked."""
        return shown(self._page.statement())

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

    def draw(self, id: str | None = None) -> Drawing:
        """The function and its derivative in one plot (default: of the first topic).

        Raises: UnknownQuantityError.
        """
        from nbsolve.drawing.charts.functions import plot_function

        shown = graph_of(self.problem.topics[0] if id is None else self.topic(id))
        return plot_function(
            shown.definition,
            shown.derivative,
            variable=shown.variable,
            domain=shown.domain,
            parameters=shown.parameters,
            labels=shown.labels,
        )

    # ------------------------------------------------------------------ what other outputs ask

    def cells(self) -> Iterator[Call]:
        """Each derivation, and the function with its derivative in one plot."""
        for topic in self.problem.topics:
            yield "derivation", {"id": topic.id}
            yield "draw", {"id": topic.id}

    def pictures(self, blocks: Sequence[Block]) -> dict[int, Callable[[], Drawing]]:
        """The plot of each topic below its heading."""
        found: dict[int, Callable[[], Drawing]] = {}
        for topic in self.problem.topics:
            first = next((b for b in self.derivation(topic.id).blocks if isinstance(b, Heading)), None)
            if first is not None and first in blocks:
                found[blocks.index(first)] = partial(self.draw, topic.id)
        return found

    def listed(self) -> Listing:
        """What is derived."""
        from nbsolve.compose.derivation_page import name_of

        topics = self.problem.topics
        functions = tuple((topic.name, topic.formula) for topic in topics)
        return Listing("derivation", ", ".join(map(name_of, topics)), functions=functions)

    def guide(self) -> str:
        """The names that its lists may have."""
        activations, losses = (", ".join(f"`{name}`" for name in table) for table in (ACTIVATIONS, LOSSES))
        return phrase("notebook.derivable", activations=activations, losses=losses)

    def lines_of(self, ask: str, at: int | None) -> int:
        """The lines of a topic's derivations."""
        return sum(1 + len(stage.forms) for d in self.derivations_of(ask) for stage in d.stages)

    def methods(self) -> Iterator[Method]:
        """Each derivation by itself; its method are the rules that it uses."""
        for entry in self.entries():
            derivation = next(d for d in self.derivations_of(entry.id) if d.variant == entry.variant)
            reasons = (form.reason for stage in derivation.stages for form in stage.forms)
            words = dict.fromkeys(phrase_of("reasons.", one) for one in reasons if one not in _NO_METHOD)
            listed = ", ".join(said for said in words if "{" not in said)
            yield Method(entry.part or "", listed, (entry,))

    def about(self) -> dict[str, Any]:
        """The topics by name."""
        return {"topics": [*self.askable()]}

    def askable(self) -> tuple[str, ...]:
        """The topics by name."""
        return tuple(topic.id for topic in self.problem.topics)
