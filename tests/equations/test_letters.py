"""Computation graphs in letters: every closed form, read back, has at a point the value that the oracle finds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from mpmath import mp

from nbsolve import load_problem, solve
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.parser import Parser, read_tokens
from nbsolve.checking.oracle.graph_precise import precise_local_factors, precise_values_and_gradients
from nbsolve.checking.oracle.numbers import DIGITS, Real, big
from tests.reference.random_graphs import random_graph
from tests.sampling import OneIn

RANDOM = 600
"""Seeds of random graphs, of which those over single numbers count; one in 12 with `make test`."""
UNREAD = re.compile(r"\b(sin|cos)\b")
"""What the reader of mathematics does not know."""
NESTED = re.compile(r"\\text\{if \}(?:(?!\\\\|\\end).)*\\begin\{cases\}")
"""A distinction within the condition of another one, which it does not read either."""


def in_letters(text: str) -> str:
    """The graph with letters in the place of its numbers; "" where it has arrays, or what is not read."""
    given = re.search(r"^given: \{(.*)\}$", text, re.MULTILINE)
    assert given is not None
    if "[" in given[1] or UNREAD.search(text):
        return ""
    names = re.findall(r"(\w+):", given[1])
    return text.replace(given[0], f"given: [{', '.join(names)}]")


def faults(text: str, letters: str = "") -> Iterator[str]:
    """What the closed forms of a graph in numbers (or of another one) say wrongly."""
    expected = {**precise_local_factors(text), **precise_values_and_gradients(text)}
    entries: list[Any] = list(solve(load_problem(letters or in_letters(text))).entries(everything=True))
    symbols = {read_tokens(e.symbol): e.quantity for e in entries if "/d" not in e.quantity}
    symbols |= {read_tokens(name): name for name in expected if name in "xywvb"}
    evaluate = Evaluator(lambda name: Real(big(expected[name])))
    for entry in entries:
        assert entry.latex is not None
        if NESTED.search(entry.latex):
            continue
        parser = Parser(read_tokens(entry.latex), symbols)
        with mp.workdps(DIGITS):
            found, wanted = big(evaluate(parser.expression())), big(expected[entry.quantity])
            if parser.at < len(parser.texts) or abs(found - wanted) > mp.mpf(10) ** -30 * (1 + abs(wanted)):
                yield f"{entry.quantity} is not {entry.latex}"


def test_closed_forms_have_the_values_of_the_oracle(one_in: OneIn) -> None:
    texts = [text for seed in range(0, RANDOM, one_in(12)) if in_letters(text := random_graph(seed))]
    assert len(texts) > 8
    for text in texts:
        assert not list(faults(text)), text


@pytest.mark.parametrize("formula", ["b*x", "b*x + x", "max(b, x) * x", "b/x", "where(b > x, b*x, x)"])
def test_what_is_used_at_the_end_and_before(formula: str) -> None:
    assert not list(faults(f"given: {{x: 3}}\nkind: graph\nequations: {{b: x^2, f: '{formula}'}}\n"))


def test_a_wrong_form_would_be_found() -> None:
    text = "kind: graph\ngiven: {x: 3}\nequations: {b: x^2, f: b*x}\n"
    assert list(faults(text, in_letters(text.replace("b*x", "b*x + x"))))
