r"""The closed forms that the source documents ask for, as formulae in the documents' own letters.

Each is what the left side comes to; `\mathbb{1}_{[…]}` is the slope of a ReLU. A formula that holds only where the
targets add up to 1 says so. They are data for tests: a page's own lines must have these values.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ClosedForm:
    """left = right; `kind` is the kind of points it is said for."""

    left: str
    right: str
    kind: str = "any"


def _gradients(letters: dict[str, str], loss: str = "L") -> tuple[ClosedForm, ...]:
    return tuple(
        ClosedForm(rf"\frac{{\partial {loss}}}{{\partial {letter}}}", form)
        for letter, form in letters.items()
    )


def _l(letter: str) -> str:
    return rf"\frac{{\partial L}}{{\partial {letter}}}"


ONE_HOT = "targets add up to 1"
DIFFERENCE = r"\left[(h_3 - y_1) - (h_4 - y_2)\right]"
BACK_1 = rf"(1 - h_1^2)\left[{_l('a_3')} w_5 + {_l('a_4')} w_7\right]"
BACK_2 = rf"(1 - h_2^2)\left[{_l('a_3')} w_6 + {_l('a_4')} w_8\right]"

DOCUMENT_000 = (
    *_gradients(
        {
            "h_3": r"(h_3 - y_1)(2 + \frac{1}{h_3(1 - h_3)})",
            "h_4": r"-2(y_2 - h_4) - (\frac{y_2}{h_4} + \frac{y_2 - 1}{1 - h_4})",
            "a_3": rf"(1 + 2 h_3 h_4){DIFFERENCE}",
            "a_4": rf"-(1 + 2 h_3 h_4){DIFFERENCE}",
            "w_5": rf"{_l('a_3')} h_1",
            "w_6": rf"{_l('a_3')} h_2",
            "w_7": rf"{_l('a_4')} h_1",
            "w_8": rf"{_l('a_4')} h_2",
            "b_3": _l("a_3"),
            "b_4": _l("a_4"),
            "w_1": rf"{BACK_1} x_1",
            "w_2": rf"{BACK_1} x_2",
            "w_3": rf"{BACK_2} x_1",
            "w_4": rf"{BACK_2} x_2",
            "b_1": BACK_1,
            "b_2": BACK_2,
        }
    ),
    ClosedForm(_l("a_3"), r"2(h_3 - y_1)(1 + 2 h_3 h_4)", ONE_HOT),
    ClosedForm(_l("a_4"), r"2(h_4 - y_2)(1 + 2 h_3 h_4)", ONE_HOT),
    ClosedForm(r"\frac{\partial h_3}{\partial a_3}", r"h_3(1 - h_3)"),
    ClosedForm(r"\frac{\partial h_4}{\partial a_3}", r"-h_3 h_4"),
    ClosedForm(r"\frac{\partial h_3}{\partial a_4}", r"-h_3 h_4"),
    ClosedForm(r"\frac{\partial h_4}{\partial a_4}", r"h_4(1 - h_4)"),
)
"""Softmax outputs h_3, h_4 of the pre-activations a_3, a_4; squared error plus a binary cross-entropy of each."""


def _document_001_a(error: str) -> tuple[ClosedForm, ...]:
    """`error` is ∂L/∂z_3."""
    second = {n: rf"{error} w_{{{n}3}} a_{n}^{{(2)}}(1 - a_{n}^{{(2)}})" for n in (1, 2)}
    paths = {
        n: r" + ".join(rf"w_{{{m}3}} a_{m}^{{(2)}}(1 - a_{m}^{{(2)}}) w_{{{n}{m}}}^{{(2)}}" for m in (1, 2))
        for n in (1, 2)
    }
    first = {n: rf"{error}\left[{paths[n]}\right]\mathbb{{1}}_{{[z_{n}^{{(1)}} > 0]}}" for n in (1, 2)}
    forms = {"w_{13}": rf"{error} a_1^{{(2)}}", "w_{23}": rf"{error} a_2^{{(2)}}", "b_3": error}
    for n in (1, 2):
        forms |= {rf"w_{{{m}{n}}}^{{(2)}}": rf"{second[n]} a_{m}^{{(1)}}" for m in (1, 2)}
        forms |= {rf"b_{n}^{{(2)}}": second[n]}
        forms |= {rf"w_{{{m}{n}}}^{{(1)}}": rf"{first[n]} x_{m}" for m in (1, 2, 3)}
        forms |= {rf"b_{n}^{{(1)}}": first[n]}
    return _gradients(forms)


DOCUMENT_001_A_SQUARED = _document_001_a(r"(a_3 - y) a_3 (1 - a_3)")
DOCUMENT_001_A_CROSS_ENTROPY = _document_001_a(r"(a_3 - y)")


def _document_001_b(slopes: bool) -> tuple[ClosedForm, ...]:
    errors = [rf"(a_{k} - y_{k})" + (rf" a_{k}(1 - a_{k})" if slopes else "") for k in (2, 3)]
    hidden = rf"\left[{errors[0]} w_{{12}} + {errors[1]} w_{{13}}\right](1 - (\tanh(z_1))^2)"
    return _gradients(
        {
            "b_2": errors[0],
            "b_3": errors[1],
            "w_{12}": rf"{errors[0]} a_1",
            "w_{13}": rf"{errors[1]} a_1",
            "b_1": hidden,
            "w_{11}": rf"{hidden} x_1",
            "w_{21}": rf"{hidden} x_2",
        }
    )


DOCUMENT_001_B_CROSS_ENTROPY = _document_001_b(slopes=False)
DOCUMENT_001_B_SQUARED = _document_001_b(slopes=True)

OUTER = r"2(a - y)\,a(1 - a)"
DOCUMENT_003 = _gradients(
    {
        "w_{ij}^1": rf"{OUTER}\,w_{{j1}}^2\,a_j(1 - a_j)\,x_i",
        "w_{21}^1": rf"{OUTER}\,w_{{11}}^2\,a_1(1 - a_1)\,x_2",
        "w_{31}^1": rf"{OUTER}\,w_{{11}}^2\,a_1(1 - a_1)\,x_3",
        "w_{12}^1": rf"{OUTER}\,w_{{21}}^2\,a_2(1 - a_2)\,x_1",
        "w_{22}^1": rf"{OUTER}\,w_{{21}}^2\,a_2(1 - a_2)\,x_2",
        "w_{32}^1": rf"{OUTER}\,w_{{21}}^2\,a_2(1 - a_2)\,x_3",
        "b_j^1": rf"{OUTER}\,w_{{j1}}^2\,a_j(1 - a_j)",
        "b_2^1": rf"{OUTER}\,w_{{21}}^2\,a_2(1 - a_2)",
        "w_{i1}^2": rf"{OUTER}\,a_i",
        "w_{21}^2": rf"{OUTER}\,a_2",
        "b_1^2": OUTER,
    }
)

DOCUMENT_004 = (*_gradients({"a_3": r"\frac{a_3 - y}{a_3(1 - a_3)}", "z_3": "a_3 - y"}, loss="J"),)

BY_DOCUMENT: dict[str, tuple[ClosedForm, ...]] = {
    "000": DOCUMENT_000,
    "001-A squared error": DOCUMENT_001_A_SQUARED,
    "001-A cross-entropy": DOCUMENT_001_A_CROSS_ENTROPY,
    "001-B squared error": DOCUMENT_001_B_SQUARED,
    "001-B cross-entropy": DOCUMENT_001_B_CROSS_ENTROPY,
    "003": DOCUMENT_003,
    "004": DOCUMENT_004,
}
SHIPPED = {
    "000-softmax-two-losses": "000",
    "001-a-symbolic-squared-error": "001-A squared error",
    "001-a-symbolic-cross-entropy": "001-A cross-entropy",
    "001-b-two-outputs": "001-B cross-entropy",
    "003-three-two-one": "003",
}
"""The shipped problems that are these documents."""

A_AND_Y = r"\frac{\mathbf{a} \cdot \mathbf{y}}{\lVert \mathbf{a}\rVert \lVert \mathbf{y}\rVert}"
DERIVATIVES: dict[str, ClosedForm] = {
    "Sigmoid": ClosedForm(r"\sigma'(z)", r"\frac{e^{-z}}{(1 + e^{-z})^2}"),
    "Tanh": ClosedForm(r"\tanh'(z)", r"1 - \tanh(z)^2"),
    "ReLU": ClosedForm(r"\mathrm{ReLU}'(z)", r"\mathbb{1}_{[z > 0]}"),
    "Categorical cross-entropy through softmax: For a one-hot target": ClosedForm(
        r"\frac{\partial L}{\partial z_k}", r"p_k - \mathbb{1}_{[k = i]}"
    ),
    "Squared error: Summed over the outputs": ClosedForm(_l("a_k"), r"2(a_k - y_k)"),
    "Absolute error: Summed over the outputs": ClosedForm(
        _l("a_k"), r"\mathbb{1}_{[a_k > y_k]} - \mathbb{1}_{[a_k < y_k]}"
    ),
    "Hinge loss": ClosedForm(_l("a_k"), r"-y_k\,\mathbb{1}_{[\mathbf{y} \cdot \mathbf{a} < 1]}"),
    "Huber loss: The mean over the outputs": ClosedForm(
        _l("a_k"),
        r"\frac{1}{n}\begin{cases}a_k - y_k & \text{if } \left|y_k - a_k\right| \le \delta \\"
        r" -\delta\,\operatorname{sign}(y_k - a_k) & \text{otherwise}\end{cases}",
    ),
    "Cosine similarity": ClosedForm(
        r"\frac{\partial C}{\partial a_k}",
        rf"\frac{{y_k}}{{\lVert \mathbf{{a}}\rVert \lVert \mathbf{{y}}\rVert}}"
        rf" - {A_AND_Y}\,\frac{{a_k}}{{\lVert \mathbf{{a}}\rVert^2}}",
    ),
}
"""The closed forms of document 003, in the letters of the derivations' pages, by their headings."""
