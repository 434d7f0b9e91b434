"""What is printed of every derivation, line by line with its reason."""

from __future__ import annotations

import re

import pytest

import nbsolve
from nbsolve.catalogue.derivations import DERIVATIONS
from nbsolve.catalogue.derivations.probabilities import ONE_HOT_THROUGH_SOFTMAX
from nbsolve.compose.derivations import derivation_blocks, reason_words
from nbsolve.document import Derivation, Result
from nbsolve.expr import Cases, Variable, substitute, walk
from nbsolve.expr.general import Derivative
from nbsolve.phrases import phrase_of
from tests.derivations.pages import EXPECTED, rendered


@pytest.mark.parametrize("id", DERIVATIONS)
def test_the_printed_page(id: str) -> None:
    assert rendered(id) == (EXPECTED / f"{id}.md").read_text(encoding="utf-8")


def test_no_page_is_left_over() -> None:
    assert {path.stem for path in EXPECTED.glob("*.md")} == set(DERIVATIONS)


@pytest.mark.parametrize("id", DERIVATIONS)
def test_every_line_has_its_reason_and_the_last_its_box(id: str) -> None:
    for derivation in DERIVATIONS[id]:
        blocks = [block for block in derivation_blocks(derivation) if isinstance(block, Derivation)]
        lines = [line for block in blocks for line in block.lines]
        forms = [form for stage in derivation.stages for form in stage.forms]
        assert [line.note for line in lines] == [reason_words(form) for form in forms]
        assert all(form.about for form in forms if "{what}" in phrase_of("reasons.", form.reason))
        boxed = [isinstance(right, Result) and right.boxed for line in lines for _, right in line.parts]
        assert boxed[-1]
        assert boxed.count(True) == sum(stage.boxed for stage in derivation.stages)


@pytest.mark.parametrize("id", ["relu", "hinge", "huber", "absolute_error"])
def test_cases_stand_in_one_box_with_their_conditions(id: str) -> None:
    for derivation in DERIVATIONS[id]:
        assert any(isinstance(node, Cases) for node in walk(derivation.result))
    boxed = [stage.forms[-1].expression for stage in ONE_HOT_THROUGH_SOFTMAX.stages if stage.boxed]
    assert isinstance(boxed[0], Cases)


@pytest.mark.parametrize("id", ["cosine_similarity", "cosine_loss"])
def test_the_gradient_of_the_cosine_is_a_vector_too(id: str) -> None:
    (derivation,) = DERIVATIONS[id]
    whole, entry = (stage for stage in derivation.stages if stage.boxed)
    assert isinstance(whole.left, Derivative)
    assert whole.left.variable == Variable("a", vector=True)
    wholes = {name: Variable(name, vector=True) for name in "ay"}
    assert whole.forms[-1].expression == substitute(
        entry.forms[-1].expression,
        lambda node: wholes[node.name] if isinstance(node, Variable) and node.index is not None else None,
    )


def test_sums_say_how_far_they_run_and_the_page_says_what_n_is() -> None:
    problem = nbsolve.load_problem(
        "kind: derivation\ntitle: Sums\nlosses: [squared_error]\nparts: [{label: a, ask: squared_error}]\n"
    )
    page = str(nbsolve.solve(problem).document())
    assert "n is the number of outputs" in page
    assert "Σ_i=1…n (aᵢ − yᵢ)²" in page
    assert not re.search(r"Σ_?[ijk](?!=)", page)


def test_the_words_of_the_conditions() -> None:
    page = rendered("softmax")
    assert "For $k = j$:" in page
    assert "For $k \\ne j$:" in page
    assert "For k ≠ j:" in page
    assert "For $z > 0$:" in rendered("relu")


@pytest.mark.parametrize("id", DERIVATIONS)
def test_text_has_no_markup(id: str) -> None:
    plain = rendered(id).split("\n---\n")[1]
    assert not re.search(r"\\|\$|\{\{|_\{", plain)


def test_an_anchor_leads_to_the_result() -> None:
    blocks = list(derivation_blocks(DERIVATIONS["relu"][0], anchor="relu-1"))
    anchored = [block for block in blocks if isinstance(block, Derivation) and block.anchors]
    assert [block.anchors for block in anchored] == [("relu-1",)]
    last = anchored[0].lines[-1].parts[-1][1]
    assert isinstance(last, Result)
    assert last.boxed
