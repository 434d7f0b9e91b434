"""The numbers of a chain: held against its letters, against the numbers before them, against what is given."""

from __future__ import annotations

import re
from fractions import Fraction

from mpmath import mp

from nbsolve.checking.audit.chain_parts import (
    is_fraction,
    layer_named,
    names_in,
    pairs,
    printed_as,
    text_of,
    written,
)
from nbsolve.checking.audit.decimals import number
from nbsolve.checking.audit.display import Texts
from nbsolve.checking.audit.evaluate import Evaluator, Unknown, Vector
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import follows_faults, lay, literal
from nbsolve.checking.audit.logarithms import (
    SnappingEvaluator,
    collapsed,
    has_logarithm,
    is_logarithm,
)
from nbsolve.checking.audit.names import indices
from nbsolve.checking.audit.parser import Parser
from nbsolve.checking.audit.tree import (
    Call,
    Neg,
    Node,
    Num,
    Product,
    Quotient,
    Sum,
    Sym,
    Text,
    numbers_in,
)
from nbsolve.checking.audit.wholes import Wholes
from nbsolve.checking.audit.world import World
from nbsolve.checking.oracle.activations import WHOLE
from nbsolve.checking.oracle.numbers import DIGITS, Number
from nbsolve.checking.oracle.rounding import Digits, as_fraction, fault, places

DISTINCTIONS = ("cases", "max", "min", "abs", "sgn")
NOISE = Fraction(1, 10**40)
MINUS_ZERO = re.compile(r"-0*\.?0*(?:[eE][-+]?\d+)?")


class ChainNumbers:
    """Reads chains of one problem; `answers` and `between` are the digits its rounding asks for."""

    def __init__(self, world: World, answers: Digits, between: Digits) -> None:
        self.world = world
        with mp.workdps(DIGITS):
            self.shadow = world.shadow()
            self.far = world.far()
        distinctions = ("cases",) if any(loss.name == "huber" for loss in world.spec.losses) else DISTINCTIONS
        self.distinctions = frozenset(distinctions)
        self.wholes = Wholes(world)
        self.answers = answers
        self.between = between
        self.decimals_above: dict[tuple[str, int], int] = {}
        """With how many decimals the page finds a quantity in an iteration."""
        self.first_only = False
        """Whether a check may stop at its first fault."""
        self._sound: dict[object, Found] = {}
        self._read: dict[Texts, Node] = {}
        self._parts: dict[tuple[int, Node], Fraction] = {}
        """What was written down for parts of formulae with lines of their own, such as σ(z), in each iteration."""

    # reading

    def parse(self, texts: Texts) -> Node:
        """One formula, read to its end."""
        if texts not in self._read:
            parser = Parser(texts, self.world.symbols)
            node = parser.expression()
            if parser.at != len(parser.texts):
                raise Unreadable(f"unread: {' '.join(parser.texts[parser.at :])}")
            self._read[texts] = collapsed(node) if self.world.logarithms else node
        return self._read[texts]

    def evaluator(
        self, t: int, *, carried: bool, layer: int | None = None, world: World | None = None
    ) -> Evaluator:
        """Values of letters in iteration t; an activation's parameters are those of its argument's layer."""
        world = world or self.world

        def lookup(name: str) -> Number | Vector:
            if "#" in name:
                name, _, other = name.partition("#")
                return world.value(name, int(other), carried=carried)
            return world.value(name, t, carried=carried)

        def parameters(argument: Node) -> dict[str, Fraction]:
            names = [name for name in names_in(argument) if indices(name)[0] in ("z", "z_new")]
            if names:
                at, unit = indices(names[0])[1][:2]
                return self.world.spec.layers[at - 1].function(unit)[1]
            return {} if layer is None else self.world.spec.layers[layer - 1].parameters

        return (SnappingEvaluator if self.world.logarithms else Evaluator)(lookup, parameters)

    def _check_numbers(
        self, node: Node, base: Node, before: list[Node], target: str, t: int, out: Found
    ) -> bool:
        """Whether the numbers are exactly the values of the letters they stand for."""
        for n in numbers_in(node):
            out.numbers += 1
            out.digits += sum(c.isdigit() for c in n.text)
        layer = layer_named(target)
        letters = self.evaluator(t, carried=True, layer=layer)
        laid = lay(self._branches(base, letters), node, letters, self._given_as_minus_zero(base, t))
        if laid.fault:
            out.faults.append(f"{target}: {laid.fault}")
        out.faults += follows_faults(before, node, target, self.evaluator(t, carried=True, layer=layer))
        self._check_givens(base, node, t, out)
        return laid.exact

    def _given_as_minus_zero(self, node: Node, t: int) -> list[str]:
        """Letters of a formula whose number is given as −0: it is printed so."""
        found = []
        for name in names_in(node):
            plain = name if "|" in name else self.world.copied(name) or name
            try:
                given = None if "∂" in plain else self.world.givens.get(self.world.key(plain, t))
            except Unknown:
                continue  # no quantity that is given
            found += [name] if MINUS_ZERO.fullmatch(given or "") else []
        return found

    def _is_copied(self, base: Node, node: Node, t: int) -> bool:
        """Whether a line takes on the number of a part as it is written down above, each step being rounded."""
        number = literal(node)
        return self.world.each_step and number is not None and self._parts.get((t, base)) == number[0]

    def _check_relation(self, relation: str, exact: bool, target: str, out: Found) -> None:
        """= stands before what is exact, ≈ before what is rounded."""
        if (relation == "=") != exact and not (relation == "≈" and self.moves_by_nothing(target)):
            out.faults.append(f"{target}: {relation} where the number is {'exact' if exact else 'rounded'}")

    def moves_by_nothing(self, target: str) -> bool:
        """A bias that softmax units share: its gradient is 0, which no number of bits can tell (it is written ≈ 0).

        The error signals of softmax add up to 0 because adding one number to all pre-activations changes nothing.
        """
        letter, at = indices(target.removeprefix("∂L/∂").removeprefix("matrix ").removeprefix("vector "))
        spec = self.world.spec
        if spec.optimiser == "adamax" and letter.endswith("_new") and spec.updates == 0 and not spec.state:
            return True  # at first the average over the maximum is the sign of the gradient, which no bits can tell
        if letter not in ("b", "b_new", "b_change"):
            return False
        layer = self.world.spec.layers[at[0] - 1]
        return bool(layer.shared) and layer.activation in WHOLE

    def _branches(self, node: Node, evaluate: Evaluator) -> Node:
        """The branch that holds: of a distinction as a page shows it, of ELU'(z) with z ≤ 0 (a + α)."""
        match node:
            case Call("cases", parts):
                for value, condition in zip(parts[::2], parts[1::2], strict=True):
                    if isinstance(condition, Text) or evaluate(condition) == 1:
                        return self._branches(value, evaluate)
            case Call("elu'", (Sym(name),)) if evaluate(Sym(name)) <= 0:
                at, unit = indices(name)[1]
                layer = self.world.node["network"]["layers"][at - 1]["activation"]
                layer = layer[unit - 1] if isinstance(layer, list) else layer
                text = str(layer["elu"].get("alpha", "1")) if isinstance(layer, dict) else "1"
                return Sum((Sym(name.replace("z", "a", 1)), number(text)))
            case Neg(inner):
                return Neg(self._branches(inner, evaluate))
            case Sum(terms):
                return Sum(tuple(self._branches(x, evaluate) for x in terms))
            case Product(factors):
                return Product(tuple(self._branches(x, evaluate) for x in factors))
            case Quotient(top, bottom):
                return Quotient(self._branches(top, evaluate), self._branches(bottom, evaluate))
        return node

    def _check_givens(self, base: Node, node: Node, t: int, out: Found) -> None:
        """A given is printed as it is given."""
        for letter, printed in pairs(base, node):
            if (
                "∂" in letter
                or "vector" in letter
                or letter.startswith("S")
                or letter.startswith("ell' ")
                or letter == "strength"
                or (letter == "learning_rate" and ("learning_rate", None, None) not in self.world.givens)
                or "#" in letter
            ):
                continue
            given = self.world.givens.get(self.world.key(letter, t))
            if given is not None and not printed_as(printed, given):
                out.faults.append(f"{letter} is given as {given}, printed {text_of(printed)}")

    def _check_result(self, node: Node, boxed: bool, base: Node, target: str, t: int, out: Found) -> None:
        end = literal(node)
        if end is None:
            if not is_fraction(node):
                out.faults.append(f"{target}: the chain does not end in a number")
            return
        if is_logarithm(end[1]):
            return  # it is what it is, and was held against the letters
        letters = self.evaluator(t, carried=True, layer=layer_named(target))
        value = letters(self._branches(base, letters))
        digits = self.answers if boxed and not self.world.each_step else self.between
        exact = as_fraction(value)
        if boxed or self.world.each_step:
            printed = ("-" if end[0] < 0 else "") + end[1].text
            before = None if self.world.each_step else self.world.before(target, t)
            wrong = None if self._as_given(target, end, t) else fault(printed, value, digits, before)
            copied = isinstance(base, Sym) and base.name != target and end[0] == as_fraction(value)
            if wrong and not (copied and self.world.each_step):
                out.faults.append(f"{target}: {wrong}")
        elif exact != end[0] and end[1].decimals < places(exact, digits):
            out.faults.append(f"{target}: {end[1].text} has too few digits")

    def _as_given(self, target: str, number: tuple[Fraction, Num], t: int) -> bool:
        """A parameter that is held, or not moved, is printed as it was given."""
        letter, _ = indices(target)
        if self.world.each_step and letter in ("W", "b", "theta") and t > 1:
            # an iteration left it, with the digits it was rounded to
            return number[0] == as_fraction(self.evaluator(t, carried=True)(Sym(target)))
        plain = self.world.copied(target) or target
        if not plain.startswith("∂") and self.world.givens.get(self.world.key(plain, t)) is not None:
            return True  # its digits are those of the file
        if letter not in ("W_new", "b_new", "theta_new"):
            return False
        if self.world.each_step and number[0] == as_fraction(self.evaluator(t, carried=True)(Sym(target))):
            return True  # put together from the lines that found it
        given = self.world.givens.get((target.replace("_new", ""), 1, None))
        return (
            given is not None
            and not has_logarithm(given)
            and Fraction(given) == number[0]
            and written(given).lstrip("-") == number[1].text
        )
