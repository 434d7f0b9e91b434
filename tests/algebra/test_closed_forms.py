"""The closed forms of the source documents stand on the pages, at 50 digits and random points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from tests.algebra.checker import POINTS, Checker, agree
from tests.algebra.closed_forms import BY_DOCUMENT, DERIVATIVES, SHIPPED, ClosedForm
from tests.algebra.documents import DOCUMENTS
from tests.algebra.page import Chain, Display
from tests.algebra.scanning import scan
from tests.algebra.shipped import TEXTS, derivation_segments, markdown
from tests.algebra.symbolic import SymbolicPage

PAGES = {**{name: (text, name) for name, text in DOCUMENTS.items()}} | {
    shipped: (TEXTS[shipped], document) for shipped, document in SHIPPED.items()
}


def displayed(checker: Checker, displays: Iterable[Display], form: ClosedForm) -> Iterator[Chain]:
    """The chains of a page that say what the left side of a form is, for the same kind of points."""
    left = checker.node(tuple(scan(form.left)))
    for display in displays:
        if display.kind == form.kind and not display.conditions:
            yield from (chain for chain in display.chains if checker.node(chain.items[0].tokens) == left)


def holds(checker: Checker, displays: Iterable[Display], form: ClosedForm) -> None:
    """The form is what the page says in the end, and both are true."""
    chains = list(displayed(checker, displays, form))
    assert chains, f"the page does not say what {form.left} is"
    left, right = (checker.node(tuple(scan(text))) for text in (form.left, form.right))
    compared = 0
    for number in range(POINTS):
        point = checker.world.point(number, form.kind)
        for indices in checker.placings([left, right], point):
            evaluator = point.evaluator(indices)
            value = evaluator(right)
            assert agree(evaluator(left), value), form
            for chain in chains:
                assert agree(value, evaluator(checker.node(chain.items[-1].tokens))), (form, chain.items[-1])
                compared += 1
    assert compared >= 12


@pytest.mark.parametrize("name", PAGES)
def test_closed_forms(name: str) -> None:
    text, document = PAGES[name]
    page = SymbolicPage(text, markdown(text))
    displays = [display for display in page.displays if display.letters]
    checker = page.checker(displays[0])
    for form in BY_DOCUMENT[document]:
        holds(checker, displays, form)


def test_derivatives_of_document_003() -> None:
    segments = {segment.name: segment for segment in derivation_segments()}
    for name, form in DERIVATIVES.items():
        segment = segments[name]
        for length in (3, 2, 4):
            checker = Checker(segment.world(length))
            holds(checker, segment.pages, form)


def test_how_many_there_are() -> None:
    """86 in the documents: 16 of 000 (both forms of ∂L/∂a_3, the Jacobian as one), 34, 14, 20, 2."""
    counts = {name: len(forms) for name, forms in BY_DOCUMENT.items()}
    assert counts == {
        "000": 22, "001-A squared error": 17, "001-A cross-entropy": 17, "001-B squared error": 7,
        "001-B cross-entropy": 7, "003": 11, "004": 2,
    }  # fmt: skip
    assert len(DERIVATIVES) == 9


def test_a_wrong_form_is_noticed() -> None:
    """The document's own slip: the diagonal of the Jacobian alone."""
    page = SymbolicPage(DOCUMENTS["000"], markdown(DOCUMENTS["000"]))
    displays = [display for display in page.displays if display.letters]
    slip = ClosedForm(r"\frac{\partial L}{\partial a_3}", r"(h_3 - y_1)(2 h_3(1 - h_3) + 1)")
    with pytest.raises(AssertionError):
        holds(page.checker(displays[0]), displays, slip)
