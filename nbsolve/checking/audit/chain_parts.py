"""What a formula consists of: its letters, its braces, which number stands for which letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from nbsolve.checking.audit.display import Texts
from nbsolve.checking.audit.lay import literal
from nbsolve.checking.audit.logarithms import (
    is_given,
    is_logarithm,
)
from nbsolve.checking.audit.names import indices
from nbsolve.checking.audit.tree import (
    Call,
    Matrix,
    Neg,
    Node,
    Num,
    Power,
    Product,
    Quotient,
    Sum,
    Sym,
    Text,
    children,
    has_symbols,
)

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"


def formula_of(target: Sym) -> Node:
    """A target as its lines are read from: the name of the difference of two losses is its formula."""
    return Sum((Sym("L"), Neg(Sym("L_new")))) if target.name == "L - L_new" else target


def listed(texts: Texts) -> Iterator[Texts]:
    r"""The formulae of a list with `\text{, }` between them."""
    part = list[str]()
    while texts:
        if texts[:2] == ("\\text", ","):
            yield tuple(part)
            part, texts = [], texts[2:]
        else:
            part.append(texts[0])
            texts = texts[1:]
    yield tuple(part)


def summed(node: Node) -> bool:
    """Whether all entries of something whole are added up in it."""
    return (isinstance(node, Call) and node.name == "sum") or any(summed(part) for part in children(node))


def is_part(target: Node) -> bool:
    """Whether a target is a part of formulae rather than a quantity of the network."""
    if isinstance(target, Sym):
        return target.name.startswith(("S[", "S_new["))
    return isinstance(target, Call | Power | Product | Matrix)


def names_in(node: Node) -> list[str]:
    """The letters of a formula."""
    if isinstance(node, Sym):
        return [node.name]
    return [name for part in children(node) for name in names_in(part)]


def broken_links(node: Node) -> Iterator[tuple[str, str]]:
    """In a product of derivatives each goes on where the last one ends: ∂L/∂a · ∂a/∂z."""
    parts = children(node)
    if isinstance(node, Product):
        for one, two in pairwise(parts):
            if not (isinstance(one, Sym) and isinstance(two, Sym) and one.name[0] == two.name[0] == "∂"):
                continue
            if one.name.partition("|")[0].partition("/∂")[2] != two.name[1:].partition("/∂")[0]:
                yield one.name, two.name
    for part in parts:
        yield from broken_links(part)


def braces(node: Node) -> Iterator[tuple[Node, str]]:
    """All that has a brace under it, with what the brace says."""
    if isinstance(node, Call) and node.name == "brace":
        inner, words = node.arguments
        if isinstance(words, Text):
            yield inner, words.words
        yield from braces(inner)
        return
    for part in children(node):
        yield from braces(part)


def mark_number(words: str) -> int | None:
    r"""The number of `\text{⑦}` or `\text{(51)}`."""
    bare = words.removeprefix("\\text").strip(" {}")
    if len(bare) == 1 and bare in CIRCLED:
        return CIRCLED.index(bare) + 1
    inner = bare.replace(" ", "")
    if inner.startswith("(") and inner.endswith(")") and inner[1:-1].isdigit():
        return int(inner[1:-1])
    return None


def written(given: str) -> str:
    """A given as it is read back from a page: `2e-1` stands there as 2 · 10^{-1}."""
    return given.replace("+", "").strip().lower()


def text_of(node: Node) -> str:
    """A printed number with its sign."""
    if isinstance(node, Neg):
        return "-" + text_of(node.inner)
    if isinstance(node, Quotient):
        return f"{text_of(node.top)}/{text_of(node.bottom)}"
    return node.text if isinstance(node, Num) else "?"


def printed_as(node: Node, given: str) -> bool:
    """Whether a given stands on the page as the file has it; logarithms by their value."""
    number = literal(node)
    if number is not None and is_logarithm(number[1]):
        return is_given(number[0], given)
    return text_of(node) == written(given)


def pairs(letters: Node, numbers: Node) -> Iterator[tuple[str, Node]]:
    """Which letter each number stands for, where the shapes agree."""
    if isinstance(letters, Sym):
        if literal(numbers) is not None or is_fraction(numbers):
            yield letters.name, numbers
        return
    if isinstance(numbers, Neg) and isinstance(letters, Product) and isinstance(numbers.inner, Product):
        first, *rest = numbers.inner.factors
        numbers = Product((Neg(first), *rest))
    ours, theirs = children(letters), children(numbers)
    if len(ours) == len(theirs) and type(letters) is type(numbers):
        for a, b in zip(ours, theirs, strict=True):
            yield from pairs(a, b)


def no_finer(name: str, formulae: Sequence[Node], above: int | None) -> bool:
    """Whether the first numbers of a chain have a letter with no more decimals than it is found with `above`.

    Not where the numbers of the letters cannot be told apart, or nothing above finds it.
    """
    numbers = next((n for n, one in enumerate(formulae) if not has_symbols(one)), 0)
    if above is None or not numbers:
        return False
    put_in = pairs(formulae[numbers - 1], formulae[numbers])
    found = [literal(number) for letter, number in put_in if letter == name]
    decimals = [one[1].decimals for one in found if one is not None]
    return bool(decimals) and max(decimals) <= above


def note_decimals(
    above: dict[tuple[str, int], int], quantity: tuple[str, int], results: Sequence[Node], boxed: bool
) -> None:
    """Note with how many decimals a chain finds its value, the fewest where several do; not those of the box."""
    numbers = [number[1].decimals for node in results if (number := literal(node)) is not None]
    if numbers:
        decimals = numbers[-2 if boxed and len(numbers) > 1 else -1]
        above[quantity] = min(decimals, above.get(quantity, decimals))


def is_fraction(node: Node) -> bool:
    """A fraction of two numbers, with or without a sign."""
    node = node.inner if isinstance(node, Neg) else node
    return isinstance(node, Quotient) and literal(node.top) is not None and literal(node.bottom) is not None


def layer_named(name: str) -> int | None:
    """The layer whose activation a chain is about."""
    bottom = name.rpartition("∂")[2].partition("|")[0]
    letter, numbers = indices(bottom)
    return numbers[0] if letter in ("a", "z", "a_new", "z_new", "delta") and numbers else None
