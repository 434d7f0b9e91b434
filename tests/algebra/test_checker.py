"""The checker itself: it reads what is written, accepts what is true and rejects the slips people make."""

from __future__ import annotations

import pytest

from tests.algebra.checker import Checker, Fault
from tests.algebra.documents import DOCUMENTS
from tests.algebra.mutations import mutants
from tests.algebra.page import Display, read, read_condition, read_display
from tests.algebra.scanning import Unreadable, scan
from tests.algebra.specification import load
from tests.algebra.subjects import Topic
from tests.algebra.subjects import world as derivation
from tests.algebra.symbolic import world
from tests.algebra.tree import Letter, Num, Power, Product, Transposed


def display(row: str, *conditions: str) -> Display:
    cases = tuple(tuple(scan(condition)) for condition in conditions)
    return read_display(f"\\begin{{aligned}}\n{row}\n\\end{{aligned}}", cases)


def accepts(checker: Checker, row: str, *conditions: str) -> bool:
    """Whether a line is found to be true; a line that cannot be read is not."""
    try:
        checker.display(display(row, *conditions))
    except (Fault, Unreadable):
        return False
    return True


NETWORKS = {name: Checker(world(load(text), letters=True)) for name, text in DOCUMENTS.items()}


def d(letter: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {letter}}}"


DELTA = r"\boldsymbol{\delta}^{(%d)}"
CHAIN = r"\frac{\partial L}{\partial a}\,\frac{\partial a}{\partial z}"
OUTSIDE = r"\left|a - y\right| > \delta"
A3, A4 = d("a_3"), d("a_4")
LINES: list[tuple[str, str, bool]] = [
    ("000", d("a_3") + r" &= (1 + 2\,h_3\,h_4)\,\left[(h_3 - y_1) - (h_4 - y_2)\right]", True),
    # the diagonal of the softmax Jacobian alone
    ("000", d("a_3") + r" &= (h_3 - y_1)\,\left[2\,h_3\,(1 - h_3) + 1\right]", False),
    ("000", r"\frac{\partial h_4}{\partial a_3} &= -h_3\,h_4 && \text{cross term}", True),
    ("000", r"\frac{\partial h_4}{\partial a_3} &= 0", False),
    # said of all targets, but true only of those that add up to 1
    ("000", d("a_3") + r" &= 2\,(h_3 - y_1)\,(1 + 2\,h_3\,h_4)", False),
    ("000", d("a_3") + r" &= 2\,(h_3 - y_1)\,(1 + 2\,h_3\,h_4) && \text{the targets add up to 1}", True),
    ("000", d("w_1") + rf" &= (1 - h_1^2)\left[{A3} w_5 + {A4} w_7\right] x_1", True),
    ("000", d("w_1") + rf" &= (1 - h_1)\left[{A3} w_5 + {A4} w_7\right] x_1", False),
    # the weight of the wrong path
    ("000", d("w_1") + rf" &= (1 - h_1^2)\left[{A3} w_5 + {A4} w_6\right] x_1", False),
    (
        "001-A squared error",
        r"\frac{\partial a_1^{(1)}}{\partial z_1^{(1)}} &= \mathbb{1}_{[z_1^{(1)} > 0]}",
        True,
    ),
    # the slope of a ReLU written as that of a sigmoid
    (
        "001-A squared error",
        r"\frac{\partial a_1^{(1)}}{\partial z_1^{(1)}} &= a_1^{(1)}(1 - a_1^{(1)})",
        False,
    ),
    ("001-B cross-entropy", d("w_{13}") + r" &= (a_3 - y_3)\,a_1", True),
    # the slope of the sigmoid counted twice
    ("001-B cross-entropy", d("w_{13}") + r" &= (a_3 - y_3)\,a_3(1 - a_3)\,a_1", False),
    ("003", d("w_{ij}^1") + r" &= 2(a - y)\,a(1 - a)\,w_{j1}^2\,a_j(1 - a_j)\,x_i", True),
    # index and layer of the weight in the middle
    ("003", d("w_{ij}^1") + r" &= 2(a - y)\,a(1 - a)\,w_{ji}^1\,a_j(1 - a_j)\,x_i", False),
    ("003", d("w_{ij}^1") + r" &= 2(a - y)\,a(1 - a)\,w_{j1}^2\,a_j(1 - a_j)\,x_j", False),
    ("003", rf"{DELTA % 1} &= ((W^{{(2)}})^{{\top}}\,{DELTA % 2}) \odot \sigma'(\mathbf{{z}}^{{(1)}})", True),
    ("003", rf"{DELTA % 1} &= (W^{{(2)}}\,{DELTA % 2}) \odot \sigma'(\mathbf{{z}}^{{(1)}})", False),
    # the right value, but no chain
    ("003", d("b_1^2") + rf" &= {CHAIN}\,\frac{{\partial z}}{{\partial b_1^2}}", True),
    ("003", d("b_1^2") + rf" &= {CHAIN}", False),
]


@pytest.mark.parametrize(("name", "row", "true"), LINES)
def test_lines_of_networks(name: str, row: str, true: bool) -> None:
    assert accepts(NETWORKS[name], row) is true


SUBJECTS: list[tuple[Topic, str, tuple[str, ...], bool]] = [
    (Topic("sigmoid"), r"\sigma'(z) &= \frac{e^{-z}}{(1 + e^{-z})^2} = \sigma(z)(1 - \sigma(z))", (), True),
    (Topic("sigmoid"), r"\sigma'(z) &= \frac{1}{(1 + e^{-z})^2}(0 - e^{-z})", (), False),
    (Topic("relu"), r"\mathrm{ReLU}'(z) &= 1", ("z > 0",), True),
    (Topic("relu"), r"\mathrm{ReLU}'(z) &= 1", ("z < 0",), False),
    (Topic("relu"), r"\mathrm{ReLU}'(z) &= 1", (), False),
    (Topic("squared_error"), r"L &= (a - y)^2", (), True),
    (Topic("squared_error"), r"\frac{\partial L}{\partial a} &= 2\,\left|a - y\right|", (), False),
    # Huber's lost factor
    (
        Topic("huber"),
        r"\frac{\partial L}{\partial a} &= \delta\,\operatorname{sign}(a - y)",
        (OUTSIDE,),
        True,
    ),
    (Topic("huber"), r"\frac{\partial L}{\partial a} &= \operatorname{sign}(a - y)", (OUTSIDE,), False),
    (Topic("softmax"), r"\frac{\partial p_k}{\partial z_j} &= p_k(\mathbb{1}_{[k = j]} - p_j)", (), True),
    (Topic("softmax"), r"\frac{\partial p_k}{\partial z_j} &= p_k(1 - p_j)", ("k = j",), True),
    (Topic("softmax"), r"\frac{\partial p_k}{\partial z_j} &= p_k(1 - p_j)", (r"k \ne j",), False),
    (Topic("cosine_similarity"), r"(1 + x)^{-\frac{1}{2}} &= 1 - \frac{x}{2} + O(x^2)", (), True),
    (Topic("cosine_similarity"), r"(1 + x)^{-\frac{1}{2}} &= 1 + \frac{x}{2} + O(x^2)", (), False),
    # right, but less or more than is left out
    (Topic("cosine_similarity"), r"(1 + x)^{-\frac{1}{2}} &= 1 - \frac{x}{2} + O(x)", (), False),
    (Topic("cosine_similarity"), r"(1 + x)^{-\frac{1}{2}} &= 1 - \frac{x}{2} + O(x^3)", (), False),
]


@pytest.mark.parametrize(("topic", "row", "conditions", "true"), SUBJECTS)
def test_lines_of_derivations(topic: Topic, row: str, conditions: tuple[str, ...], true: bool) -> None:
    checker = Checker(derivation(topic, [display(row, *conditions)]))
    assert accepts(checker, row, *conditions) is true


UNREADABLE = [
    r"a_1 &= \sigma(z_1",
    r"a_1 &= \sigma(z_9)",
    r"a_1 &= 2 3 a_1",
    r"a_1 &= a_1 + - a_2",
    r"a_1 &= \frac 1 2",
    r"a_1 &= \operatorname{mystery}(z_1)",
    r"a_1 &",
    r"a_1 & a_1",
    r"a_1 &= x_i",
    r"a_1 &\propto a_1",
    r"a_1 &= \left|z_1\right) ",
    r"a_1 &= \sum_{i=1} x_i",
]


@pytest.mark.parametrize("row", UNREADABLE)
def test_what_cannot_be_read_is_a_fault(row: str) -> None:
    with pytest.raises(Unreadable):
        NETWORKS["003"].display(display(row))


def test_superscripts_are_layers_where_the_page_has_them() -> None:
    alphabet = NETWORKS["003"].world.alphabet
    assert read(scan("w_{11}^2"), alphabet) == Letter("w", "11", "2")
    assert read(scan("a_1^2"), alphabet) == Power(Letter("a", "1"), Num(2, "2"))  # type: ignore[arg-type]
    assert read(scan(r"(W^{(2)})^{\top}\,\mathbf{x}"), alphabet) == Product(
        (Transposed(Letter("W", "", "(2)")), Letter(r"\mathbf{x}"))
    )
    assert read_condition(scan("z_1 > 0"), alphabet).relation == ">"


def test_each_kind_of_change_is_made() -> None:
    value = r"\sigma'(z_1)^2\,(1 - x_i) + 3"
    row = rf"a_1 &= \begin{{cases}}{value} & \text{{if }} z_1 > 0 \\ 0 & \text{{otherwise}}\end{{cases}}"
    kinds = {mutant.kind for mutant in mutants(display(row), NETWORKS["003"].world.alphabet)}
    wanted = {
        "digit",
        "sign",
        "function",
        "relation",
        "index",
        "letter",
        "bracket",
        "exponent",
        "factor",
        "term",
    }
    assert kinds == wanted


def test_changes_leave_the_words_alone() -> None:
    row = r"a_1 &= \sigma(z_1) && \text{a sigmoid unit}"
    for mutant in mutants(display(row), NETWORKS["003"].world.alphabet):
        assert r"\text{a sigmoid unit}" in mutant.source
