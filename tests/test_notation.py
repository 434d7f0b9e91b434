"""Letters: what each notation writes, how names take more marks, what people may type."""

from __future__ import annotations

from pathlib import Path

import pytest

from nbsolve.errors import NbsolveError, UnknownQuantityError
from nbsolve.letters import Name
from nbsolve.notation import Names
from nbsolve.notation.network_symbols import scalars
from nbsolve.symbol import Partial, Role, Symbol, anchor, canonical, parse_canonical
from tests.loading import files, load_problem

PROBLEMS = Path(__file__).parents[1] / "problems"
TEMPLATE = """
title: Letters
network:
  inputs: 2
  layers:
    - {{units: 2, activation: sigmoid, weights: [[1, 2], [3, 4]], {bias}}}
    - {{units: 2, activation: sigmoid, weights: [[5, 6], [7, 8]], {bias}}}
samples: [{{input: [1, 2], target: [0, 1]}}]
loss: squared_error
notation: {notation}
"""


def names(notation: str = "indexed", bias: str = "bias: [1, 2]") -> Names:
    return Names.of(load_problem(TEMPLATE.format(notation=notation, bias=bias)))


@pytest.mark.parametrize(
    "name",
    [
        "x[1]", "x", "y[2]", "z[1][2]", "a[2][1]", "W[1][2][1]", "W[1]", "W[1][2]", "W[1][:][2]", "b[1][1]",
        "b[1]", "b[1][:]", "theta[1][2]", "L", "L_out[1]", "L_term[2]", "L_epoch", "L_new", "W_new[1][2][1]",
        "W_change[1][2][1]", "b_new[1]", "e[1]", "delta[1][2]", "dL/dW[1][2][1]", "dL/dx[1]", "dL/dW[2]",
        "da/dz[2][1]", "da[2][1]/dz[2][2]", "dL_out[1]/da[1][2]", "dz[2][1]/da[1][1]", "eta", "lambda", "n",
        "penalty", "share[1][2]",
    ],
)  # fmt: skip
def test_canonical_names_are_read_back(name: str) -> None:
    assert canonical(parse_canonical(name)) == name


@pytest.mark.parametrize(
    "text", ["", "q", "W[0]", "x[1][2]", "W[1][2][3][4]", "dL", "dL/W[1]", "W[1]]", "w[1]"]
)
def test_other_text_is_not_a_canonical_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"canonical|indices"):
        parse_canonical(text)


def test_a_shared_bias_and_the_vector_of_biases_are_different() -> None:
    assert parse_canonical("b[1]") == Symbol(Role.BIAS, 1, shared=True)
    assert parse_canonical("b[1][:]") == Symbol(Role.BIAS, 1)


def test_anchors_carry_iteration_and_sample() -> None:
    gradient = Partial(Symbol(Role.LOSS, iteration=1), Symbol(Role.WEIGHT, 2, 1, 1, iteration=1))
    assert anchor(gradient) == "it1-dL-dW-2-1-1"
    assert anchor(Symbol(Role.ACTIVATION, 1, 2, iteration=2, sample=3)) == "it2-s3-a-1-2"


@pytest.mark.parametrize(
    ("notation", "quantity", "latex"),
    [
        ("indexed", "W[2][1][2]", "w_{21}^{(2)}"),
        ("indexed", "b[2][1]", "b_1^{(2)}"),
        ("indexed", "a[2][1]", "a_1^{(2)}"),
        ("indexed", "delta[1][2]", r"\delta_2^{(1)}"),
        ("indexed", "W_new[1][1][1]", r"w_{11}^{(1)\,\text{new}}"),
        ("indexed", "W_change[1][1][1]", r"\Delta w_{11}^{(1)}"),
        ("indexed", "dL/da[1][2]", r"\frac{\partial L}{\partial a_2^{(1)}}"),
        ("indexed", "a[1]", r"\mathbf{a}^{(1)}"),
        ("indexed", "W[1]", "W^{(1)}"),
        ("indexed", "L_out[2]", "L_2"),
        ("flat", "W[2][2][1]", "w_7"),
        ("flat", "W_new[1][2][1]", r"w_3^{\text{new}}"),
        ("flat", "b[2][1]", "b_3"),
        ("flat", "z[2][1]", "z_3"),
        ("matrix", "W[2][1][2]", "W_{12}^{(2)}"),
        ("{preset: flat, pre_activation: net}", "z[1][2]", r"\mathrm{net}_2"),
        (r"{output: '\hat y'}", "a[2][1]", r"\hat y_1"),
        (r"{output: '\hat y'}", "a[1][1]", "a_1^{(1)}"),
        ("{loss: 'E_{total}'}", "L", r"E_{\text{total}}"),
        ("{loss: 'E_{total}'}", "L_out[1]", "E_1"),
        ("{learning_rate: alpha}", "eta", r"\alpha"),
        ("{weight: 'w_{<i><j>}^<layer>'}", "W_new[2][1][2]", r"w_{21}^{2\,\text{new}}"),
        ("{weight: 'w_{<from>,<to>}^{[<layer>]}'}", "W[2][1][2]", "w_{2,1}^{[2]}"),
        ("{pre_activation: [[h_1, h_2], [O_1, O_2]]}", "delta[2][1]", r"\delta_{O_1}"),
        ("{pre_activation: [['net_{h1}', 'net_{h2}'], [net_1, net_2]]}", "delta[1][2]", r"\delta_{h2}"),
        ("{'W[1][2][1]': w_9}", "dL/dW[1][2][1]", r"\frac{\partial L}{\partial w_9}"),
    ],
)
def test_what_is_written(notation: str, quantity: str, latex: str) -> None:
    assert names(notation).latex(parse_canonical(quantity)) == latex


def test_shared_biases_are_numbered_by_layer_and_the_same_at_every_unit() -> None:
    shared = names("flat", "bias: {shared: 1}")
    assert shared.latex(Symbol(Role.BIAS, 2, shared=True)) == "b_2"
    assert shared.latex(Symbol(Role.BIAS, 2, 1)) == "b_2"


def test_a_sample_of_a_batch_is_written_when_it_is_given() -> None:
    symbol = Symbol(Role.ACTIVATION, 1, 1, sample=2)
    assert names().latex(symbol) == "a_1^{(1)[2]}"
    assert names("flat").latex(symbol) == "a_1^{[2]}"


def test_long_indices_are_kept_apart() -> None:
    row = f"[{', '.join('1' * 12)}]"
    problem = load_problem(
        "network:\n  inputs: 12\n  layers:\n"
        f"    - {{units: 12, activation: relu, weights: [{', '.join([row] * 12)}]}}\n"
        f"samples: [{{input: {row}}}]\n"
    )
    own = Names.of(problem)
    assert own.latex(Symbol(Role.WEIGHT, 1, 12, 1)) == "w_{1,12}^{(1)}"
    assert own.latex(Symbol(Role.WEIGHT, 1, 2, 11)) == "w_{11,2}^{(1)}"


@pytest.mark.parametrize(
    ("written", "latex", "plain"),
    [
        (r"\hat O_1", r"\hat O_1", "Ô₁"),
        (r"\hat{y}", r"\hat{y}", "ŷ"),
        ("h_{1o}", "h_{1o}", "h₁ₒ"),
        ("net_{h1}", r"\mathrm{net}_{h1}", "netₕ₁"),
        ("E_{total}", r"E_{\text{total}}", "E_total"),
        ("w^{(1)}_{11}", "w_{11}^{(1)}", "w₁₁⁽¹⁾"),
        ("η", r"\eta", "η"),
        ("b_{1,1}", "b_{1,1}", "b₁,₁"),
        ("q_{bc}", "q_{bc}", "q_bc"),
    ],
)
def test_names_in_latex_and_in_plain_text(written: str, latex: str, plain: str) -> None:
    name = Name.read(written)
    assert (name.latex(), name.plain()) == (latex, plain)


@pytest.mark.parametrize("text", ["a}", "{a", "a$", "", "_1", "a_{1", "a_1b", "a%", "a\nb", "a\\"])
def test_what_is_not_a_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"name|braces"):
        Name.read(text)


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("dL/dw7", "dL/dW[2][2][1]"),
        ("dL/dW[2][1][1]", "dL/dW[2][1][1]"),
        ("w3", "W[1][2][1]"),
        ("w₃", "W[1][2][1]"),
        ("∂L/∂w_3", "dL/dW[1][2][1]"),
        (r"\frac{\partial L}{\partial w_3}", "dL/dW[1][2][1]"),
        ("dL/dh1o", "dL/da[1][1]"),
        ("delta_h1", "delta[1][1]"),
        ("O1", "a[2][1]"),
        ("dL/db[1][2]", "dL/db[1]"),
        ("w3+", "W_new[1][2][1]"),
        ("Δw3", "W_change[1][2][1]"),
        ("W[1]", "W[1]"),
    ],
)
def test_what_people_type_in_document_002(text: str, quantity: str) -> None:
    own = Names.of(load_problem(PROBLEMS / "002-two-sigmoid-layers.yaml"))
    assert canonical(own.resolve(text)) == quantity


@pytest.mark.parametrize(
    "text", ["dL/dw_{11}^{(2)}", "dL/dw11^(2)", "dL/dw_11^(2)", "dJ/dw₁₁⁽²⁾", "dL/dW[2][1][1]"]
)
def test_indexed_names_are_read_with_their_layer(text: str) -> None:
    assert canonical(names().resolve(text)) == "dL/dW[2][1][1]"


def test_an_ambiguous_name_lists_what_it_may_mean() -> None:
    with pytest.raises(UnknownQuantityError, match=r"W\[1\]\[1\]\[1\].*W\[2\]\[1\]\[1\]"):
        names().resolve("dL/dw11")


@pytest.mark.parametrize("text", ["dL/dw9", "q", "dL/dW[3][1][1]", "dL", "", "dL/d"])
def test_an_unknown_name_lists_what_there_is(text: str) -> None:
    with pytest.raises(UnknownQuantityError, match="no quantity"):
        names("flat").resolve(text)


@pytest.mark.parametrize("path", files("network"), ids=lambda path: path.stem)
def test_every_name_of_the_shipped_problems_means_its_quantity(path: Path) -> None:
    own = Names.of(load_problem(path))
    for symbol in scalars(own.network):
        assert own.resolve(own.latex(symbol)) == symbol
        assert own.resolve(own.plain(symbol)) == symbol
        assert own.resolve(canonical(symbol)) == symbol


def test_two_quantities_never_share_a_name() -> None:
    # the reader refuses such a file as well, with its line
    with pytest.raises(NbsolveError, match="both"):
        names("{preset: flat, input: w}")
