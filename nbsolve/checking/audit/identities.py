"""The box of an activation's derivative: every form at several points, in the letters of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from nbsolve.checking.audit.display import Chain, Texts, pieces, read_display, split
from nbsolve.checking.audit.evaluate import SCALAR, Evaluator
from nbsolve.checking.audit.lay import tidy
from nbsolve.checking.audit.parser import read_tokens, whole
from nbsolve.checking.audit.tree import Call, Sym
from nbsolve.checking.oracle import activations
from nbsolve.checking.oracle.numbers import Number

BOX = "Worth remembering"
POINTS = [Fraction(-7, 5), Fraction(-1, 3), Fraction(2, 7), Fraction(9, 4)]
Layers = Iterable[tuple[str, Mapping[str, Fraction], str, str]]
"""For each layer: its activation, the activation's parameters, the core of its z's and that of its a's."""


def identity_fault(source: str, layers: Layers) -> str | None:
    """What is wrong with an identity; None for one that holds for some layer. Raises Unreadable, ValueError."""
    chains = read_display(source)
    if len(chains) != 1:
        return "not one identity"
    if not any(_holds(chains[0], *row) for row in layers):
        return f"an identity that no layer has: {source}"
    return None


def _holds(chain: Chain, kind: str, given: Mapping[str, Fraction], z: str, a: str) -> bool:
    if kind in activations.WHOLE:
        return _jacobian(chain, z, a, kind, given)
    symbols: dict[Texts, str] = {(a,): "a", (z if len(z) == 1 and z != a else "z",): "z"}
    if chain.target[:1] == ("\\frac",):  # a Jacobian
        return False
    head = whole(chain.target, symbols)
    if not isinstance(head, Call) or head.arguments != (Sym("z"),) or not head.name.endswith("'"):
        return False
    if SCALAR.get(head.name.removesuffix("'")) != kind:
        return False
    for point in POINTS:
        values: dict[str, Number] = {"z": point, "a": activations.value(kind, point, dict(given))}
        evaluate = Evaluator(values.__getitem__, lambda _: given)
        expected = activations.slope(kind, point, dict(given))
        for relation, texts in chain.items:
            if relation != "=" or not _near(evaluate(tidy(whole(texts, symbols))), expected):
                return False
        if not all(_note_holds(note, symbols, evaluate) for note in chain.notes):
            return False
    return bool(chain.items)


def _note_holds(note: Texts, symbols: Mapping[Texts, str], evaluate: Evaluator) -> bool:
    """`where a = σ(z) and …`: both sides have one value."""
    parts = list(pieces(note))
    if [words for words, _ in parts] != ["where", *("and" for _ in parts[1:])]:
        return False
    for _, texts in parts:
        (_, left), (relation, right) = split(texts, {"="})
        sides = [evaluate(tidy(whole(side, symbols))) for side in (left, right)]
        if relation != "=" or not _near(*sides):
            return False
    return True


def _jacobian(chain: Chain, z: str, p: str, kind: str, given: Mapping[str, Fraction]) -> bool:
    """∂p_k/∂z_j for k = j and for k ≠ j."""
    z = z if len(z) == 1 else "z"
    if chain.target != read_tokens(rf"\frac{{\partial {p}_{{k}}}}{{\partial {z}_{{j}}}}") or chain.notes:
        return False
    symbols = {read_tokens(f"{p}_{{{index}}}"): f"p{index}" for index in "kj"} | {(i,): i for i in "kj"}
    for first, second in ((Fraction(1, 5), Fraction(1, 3)), (Fraction(2, 3), Fraction(1, 7))):
        for at, values in ((1, (first, first)), (2, (first, second))):
            found: dict[str, Number] = dict(zip(("pk", "pj"), values, strict=True))
            found |= {"k": Fraction(1), "j": Fraction(at)}
            expected = activations.local(kind, given, 1, at, values)
            for relation, texts in chain.items:
                value = Evaluator(found.__getitem__)(tidy(whole(texts, symbols)))
                if relation != "=" or not _near(value, expected):
                    return False
    return bool(chain.items)


def _near(a: Number, b: Number) -> bool:
    return abs(float(a) - float(b)) <= 1e-12 * (1 + abs(float(b)))
