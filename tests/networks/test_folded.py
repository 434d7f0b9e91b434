"""Biases that are a column of the weights, beside biases of their own: numbers, page, drawing, programs, errors."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import flint
import pytest

from nbsolve import ProblemError, solve
from nbsolve.arithmetic import Arithmetic, ball
from nbsolve.checking.oracle import network
from nbsolve.checking.oracle.numbers import Number, big
from nbsolve.checking.oracle.reading import load
from nbsolve.evaluate import evaluate
from nbsolve.expr import Expr, Quantity, Sum, number, substitute
from nbsolve.expr.general import IndexedSum, instantiated
from nbsolve.symbol import LOSS, Index, Partial, Role, Symbol, canonical
from tests.audit.pages import EXPLANATIONS, ROUNDINGS, markdown
from tests.checking.running import faults, first, programs, run
from tests.drawing.labels import violations
from tests.loading import load_problem
from tests.networks.comparing import disagreements
from tests.networks.making import varied

pytestmark = pytest.mark.slow

TEXT = """
title: Folded
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.2, 0.5, -0.3], [-0.2, 0.8, 0.4]], bias: {column: first, input: 1}}
    - {units: 1, from: [1, input], activation: sigmoid, weights: [[0.7, -0.8, 0.3, 0.4, 0.9]],
       bias: {column: last, input: 1}}
samples: [{input: [0.5, -1.5], target: [1]}, {input: [1, 2], target: [0]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.5}}, batch: all, iterations: 2}
"""
BESIDE = TEXT.replace(
    "[[0.2, 0.5, -0.3], [-0.2, 0.8, 0.4]], bias: {column: first, input: 1}",
    "[[0.5, -0.3], [0.8, 0.4]], bias: [0.2, -0.2]",
).replace(
    "[[0.7, -0.8, 0.3, 0.4, 0.9]],\n       bias: {column: last, input: 1}",
    "[[0.7, -0.8, 0.3, 0.4]], bias: [0.9]",
)
MINUS = TEXT.replace("input: 1}", "input: -1}")
ROWS = """
title: Folded, inputs as rows
network:
  inputs: 1
  layout: x W + b
  layers:
    - {units: 2, activation: sigmoid, weights: [[0.5, -0.4], [0.3, 0.8]], bias: {column: first, input: -1}}
    - {units: 1, activation: linear, weights: [[0.7], [-0.2], [0.4]], bias: {column: last, input: -1}}
samples: [{input: [2], target: [1]}]
loss: squared_error
"""


def _values(text: str) -> dict[str, float]:
    entries = solve(load_problem(text)).entries(everything=True)
    return {f"{e.quantity}@{e.iteration}": float(e.exact or 0) for e in entries if e.sample is None}


@pytest.mark.parametrize(("text", "sign"), [(TEXT, 1), (MINUS, -1)])
def test_the_column_is_the_bias(text: str, sign: int) -> None:
    beside = BESIDE if sign == 1 else BESIDE.replace("[0.2, -0.2]", "[-0.2, 0.2]").replace("[0.9]", "[-0.9]")
    folded, plain = _values(text), _values(beside)
    for place, bias in (("[1][1][1]", "[1][1]"), ("[1][2][1]", "[1][2]"), ("[2][1][5]", "[2][1]")):
        for kind in ("dL/dW", "W_new"):
            name = kind.replace("W", "b")
            assert folded[f"{kind}{place}@2"] == pytest.approx(sign * plain[f"{name}{bias}@2"], abs=1e-15)
    assert folded["dL/dW[1][1][2]@2"] == pytest.approx(plain["dL/dW[1][1][1]@2"], abs=1e-15)
    assert folded["L@2"] == pytest.approx(plain["L@2"], abs=1e-15)


@pytest.mark.parametrize("text", [TEXT, MINUS, ROWS])
def test_against_the_oracles(text: str) -> None:
    assert not disagreements(text)
    other = text.replace("input: 1}", "input: -1}") if "input: 1}" in text else text.replace(": -1}", ": 1}")
    assert any("dL/dW[1][1][1]" in line for line in disagreements(other, text))


@pytest.mark.parametrize(("text", "number"), [(MINUS, 0), (ROWS, 1), (ROWS, 2)])
def test_the_audit_reads_every_way_of_saying_it(text: str, number: int) -> None:
    ways = {**[*ROUNDINGS.values()][number], "explain": EXPLANATIONS[number]}
    page = markdown(text, {**ways, "detail": ("auto", "both", "matrix")[number]})
    assert not page.report().faults


def test_the_page_says_what_is_what() -> None:
    page = str(solve(load_problem(MINUS)).document())
    assert "the first column of the weight matrix holds the biases" in page
    assert "x₀ = −1 is a constant, and its column holds the biases" in page.replace("\n", " ")
    assert "w₀₁⁽¹⁾·x₀" in page
    assert "A bias is the weight of the constant −1" in page.replace("\n", " ")


def test_in_letters() -> None:
    assert not markdown(ROWS, {"letters": True}).report().faults
    assert "w₀₁⁽¹⁾" in str(solve(load_problem(f"{TEXT}notation: indexed\nletters: true\n")).document())


def test_drawings_have_the_bias_in_its_unit() -> None:
    worked = solve(load_problem(MINUS))
    for show in ("backward", "paths"):
        drawing = worked.draw(show, quantity="dL/dW[1][1][1]")
        assert not violations(drawing.svg)
        assert "only some are drawn" not in drawing.svg
    assert "bias w₀₁⁽¹⁾ = 0.2" in worked.draw("network").alt


@pytest.mark.parametrize("text", [TEXT, MINUS, ROWS])
def test_programs_stack_the_constant(text: str) -> None:
    worked = solve(load_problem(text))
    made = programs(worked)
    assert not [*faults(worked, run(made.texts["NumPy"], first(worked)))]
    assert "hstack([torch.full((len(x), 1), " in made.texts["PyTorch"]


def test_random_networks() -> None:
    texts = (varied(Random(f"folded {number}")) for number in range(99))
    for text in [text for text in texts if "column" in text][:2]:
        assert not disagreements(text), text


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("column: first", "column: middle", "first or last"),
        ("column: first, input: 1", "column: first", "has no input"),
        ("column: first, input: 1", "input: 1", "has an input and no column"),
        ("column: first, input: 1", "column: first, input: 2", "the input of the bias is 2"),
        ("column: first, input: 1", "column: first, input: -1", "1 here and -1 in another layer"),
        ("[[0.2, 0.5, -0.3], [-0.2, 0.8, 0.4]]", "[[0.5, -0.3], [0.8, 0.4]]", "weights is 2 × 2"),
        ("loss: ", "regulariser: {l2: {strength: 0.1}}\nloss: ", "a penalty leaves biases out"),
        ("column: first, input: 1}", "column: first, input: 1}, threshold: [1, 2]", "both a bias and a threshold"),
        ("sigmoid, weights: [[0.7, -0.8, 0.3, 0.4, 0.9]],\n       bias: {column: last, input: 1}}",
         "sigmoid, weights: {same_as: 1}}", "for 3 inputs"),
    ],
)  # fmt: skip
def test_faults(old: str, new: str, message: str) -> None:
    assert old in TEXT
    with pytest.raises(ProblemError, match=message):
        load_problem(TEXT.replace(old, new))


def test_a_tie_has_its_bias_in_the_same_column() -> None:
    tied = """
title: Tied
network:
  inputs: 2
  layers:
    - {units: 2, activation: tanh, weights: [[0.2, 0.5, -0.3], [-0.2, 0.8, 0.4]], bias: {column: first, input: 1}}
    - {units: 2, activation: tanh, weights: {same_as: 1}, bias: {column: first, input: 1}}
samples: [{input: [0.5, -1.5], target: [1, 0]}]
loss: squared_error
"""
    assert not disagreements(tied)
    with pytest.raises(ProblemError, match="would be a bias in one layer alone"):
        load_problem(tied.replace("same_as: 1}, bias: {column: first", "same_as: 1}, bias: {column: last"))


TWICE = """
title: Two constants beside the inputs, and a weight that is given as -0
network:
  inputs: 1
  layers:
    - {units: 1, activation: silu, weights: [[0.85, -0.0e-1]], bias: {column: last, input: 1}}
    - units: 1
      from: [input, 1]
      activation: softplus
      weights: [[-0.5, 0.08, -0.18]]
      bias: {column: last, input: 1}
samples: [{input: [0.55], target: [1.43]}]
loss: squared_error
training: {optimiser: {sgd: {learning_rate: 0.1}}}
"""


def test_constants_of_one_letter() -> None:
    audit = markdown(TWICE)
    assert not audit.report().faults
    (place,) = [n for n, b in enumerate(audit.blocks) if "weight matrix of layer 2 belong to" in b.source]
    source = audit.blocks[place].source
    for wrong in ("$a_1^{(1)}$, $x_1$, in", "$x_0$, $a_1^{(1)}$, in"):
        assert audit.check(place, source.replace("$a_1^{(1)}$, $x_0$, in", wrong)).faults


DEEP = """
title: Three layers whose biases are weights
network:
  inputs: 2
  layers:
    - units: 2
      activation: sigmoid
      weights: [[0.1, 0.2, -0.3], [0.5, -0.4, 0.7]]
      bias: {column: COLUMN, input: -1}
    - units: 3
      activation: tanh
      weights: [[0.3, 0.6, -0.2], [-0.5, 0.1, 0.4], [0.8, -0.7, 0.9]]
      bias: {column: COLUMN, input: -1}
    - units: 2
      activation: sigmoid
      weights: [[0.4, -0.1, 0.3, 0.2], [-0.6, 0.5, 0.1, -0.8]]
      bias: {column: COLUMN, input: -1}
samples: [{input: [1, 2], target: [1, 0]}]
loss: squared_error
letters: true
notation: {preset: flat}
"""


@pytest.mark.parametrize("column", ["first", "last"])
def test_general_formulae_hold_for_every_weight_that_of_the_constant_included(column: str) -> None:
    text = DEEP.replace("COLUMN", column)
    truth = network.solve(load(text))
    worked = solve(load_problem(text))
    letters = worked.letters_of(worked.solution)
    assert letters is not None
    assert letters.general is not None
    compared = 0
    for step in letters.general.gradients:
        assert isinstance(step.target, Partial)
        weight = step.target.wrt
        units, sources = [(), (2, 2), (3, 2), (2, 3)][weight.layer or 0]
        for j in range(1, units + 1):
            for i in range(sources + 1):
                places = {weight.to: j, weight.from_: i}
                indices = {index: place for index, place in places.items() if isinstance(index, Index)}
                value = evaluate(
                    _at(step.forms[-1].expression, indices, column), _Values(truth), Arithmetic()
                )
                assert isinstance(value, flint.fmpq | flint.arb)
                found = float(ball(value))
                at = _column(i, sources, column)
                wanted = truth[f"dL/dW[{weight.layer}][{j}][{at}]", 1, None]
                assert found == pytest.approx(float(big(wanted)), rel=1e-12), (weight.layer, j, i)
                compared += 1
    assert compared == 6 + 9 + 8
    page = str(worked.document())
    assert "i = 0 is the constant whose weights are the biases." in " ".join(page.split())
    assert "i = 0, 3, …, 5; j = 6, 7" in page


def _column(source: int, sources: int, column: str) -> int:
    """The column of the weights that a source has, 0 being the constant."""
    return source + 1 if column == "first" else source or sources + 1


def _at(formula: Expr, indices: dict[Index, int], column: str) -> Expr:
    """A general formula for these units, its sums written out."""

    def replaced(node: Expr) -> Expr | None:
        match node:
            case IndexedSum():
                return Sum(tuple(_at(term, {}, column) for term in node.terms))
            case Quantity(Symbol(role=Role.WEIGHT, layer=layer, from_=int() as source) as weight):
                sources = (2, 2, 3)[(layer or 1) - 1]
                return Quantity(weight._replace(from_=_column(source, sources, column)))
            case Quantity(Symbol(to=0)):
                return number(-1)
        return None

    return substitute(instantiated(formula, indices), replaced)


class _Values:
    """The values of the 60-digit reference by the atoms of formulae."""

    def __init__(self, truth: Mapping[tuple[str, int | None, int | None], Number]) -> None:
        self.truth = truth

    def __getitem__(self, atom: Symbol | Partial, /) -> flint.arb:
        assert isinstance(atom, Symbol) or atom.of == LOSS
        name = canonical(atom)
        keys = ((name, time, sample) for time in (1, None) for sample in (1, None))
        return flint.arb(str(big(next(self.truth[key] for key in keys if key in self.truth))))
