"""What one unit tells apart, as a page has it: the boundary, the prediction for each sample, the accuracy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from nbsolve.checking.audit.chain_parts import text_of, written
from nbsolve.checking.audit.chains import ChainChecker
from nbsolve.checking.audit.display import Chain, read_display, relation_chain
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.page import cells, split_inline
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.tree import Neg, Node, Num, Product, Sum, Sym
from nbsolve.checking.audit.world import World
from nbsolve.checking.oracle.numbers import Number, Real, big
from nbsolve.checking.oracle.rounding import Digits, as_fraction, fault, places, round_half_away

SECTIONS = ("Decision boundary", "Predictions")
CLASSES = ("decision_boundary", "prediction", "accuracy")
BETWEEN = {"sigmoid": 0, "tanh": -1, "softsign": -1, "arctan": -1, "hard_tanh": -1}
"""Activations that are halfway between two classes at z = 0, and the lower of the two."""
WHERE = re.compile(
    r"\$(-?\d+)\$ is predicted where \$(.+?) \\ge (\S+?)\$, that is where \$(.+?) \\ge (\S+?)\$\. With the "
    r"parameters after training:"
)
ACCURACY = re.compile(r"Accuracy, the share of samples that are predicted correctly: \$([^$]*)\$\.")
NONE = "All weights are 0: every input gets the same prediction, and there is no boundary."


class Classes:
    """Judges the sections and the answers, from the audit's own values of the parameters in the end."""

    def __init__(self, world: World, chains: ChainChecker) -> None:
        self.world, self.chains, self.spec = world, chains, world.spec
        layer = self.spec.layers[0]
        targets = {row[0] for row in self.spec.targets or []}
        self.low = Fraction(0 if targets <= {0, 1} and 0 in targets else -1)
        self.middle = (self.low + 1) / 2
        self.border = self.middle if layer.activation == "linear" else Fraction(0)
        if layer.activation != "linear" and BETWEEN[layer.activation] != self.low:
            raise Unreadable(f"{layer.activation} with the class {self.low}")
        self.t = self.spec.iterations
        self.mark = "" if self.spec.learning_rate is None else "_new"

    # ------------------------------------------------------------------ truth

    def _value(self, name: str) -> Number:
        value = self.world.value(name, self.t, carried=True)
        assert isinstance(value, Fraction | Real)
        return value

    def weights(self) -> list[Number]:
        """The weights in the end."""
        count = len(self.spec.inputs[0])
        return [self._value(f"W{self.mark}[1][1][{i}]") for i in range(1, count + 1)]

    def constant(self) -> Number:
        """What is added to the weighted inputs."""
        layer = self.spec.layers[0]
        if layer.bias is None:
            return Fraction(0)
        own = self._value(f"{'theta' if layer.threshold else 'b'}{self.mark}[1][1]")
        return -own if layer.threshold else own

    def weighted(self, sample: int) -> Number:
        """z of a sample (from 0), rounded where each step is."""
        total = self.constant()
        for w, x in zip(self.weights(), self.spec.inputs[sample], strict=True):
            total = total + w * x
        return self.world.rounded(total) if self.world.each_step else total

    def prediction(self, sample: int) -> Fraction:
        """The class of a sample."""
        return Fraction(1) if self.weighted(sample) >= self.border else self.low

    def _right(self, sample: int) -> bool:
        return self.spec.targets is not None and self.prediction(sample) == self.spec.targets[sample][0]

    # ------------------------------------------------------------------ sections

    def sentence(self, words: str) -> Iterator[str]:
        """Where which class is predicted; the accuracy."""
        if words == NONE:
            if any(w != 0 for w in self.weights()):
                yield words
        elif said := ACCURACY.fullmatch(words):
            yield from self.accuracy(said[1])
        elif said := WHERE.fullmatch(words):
            upper, a, middle, z, border = said.groups()
            letters = [
                getattr(self.chains.parse(read_tokens(one)), "name", "?").partition("@")[0] for one in (a, z)
            ]
            numbers = [Fraction(one) for one in (upper, middle, border)]
            if letters != ["a[1][1]", "z[1][1]"] or numbers != [1, self.middle, self.border]:
                yield f"{letters} and {numbers}"
        else:
            yield f"nobody knows: {words}"

    def display(self, source: str, anchors: tuple[str, ...]) -> Iterator[str]:
        """The boundary in letters, with numbers, and solved for an input where there are two."""
        chains = read_display(source)
        weights = self.weights()
        if anchors != ("decision-boundary",) or len(chains) != (3 if len(weights) == 2 else 2):
            yield f"{len(chains)} lines under {anchors}"
            return
        yield from self._in_letters(chains[0])
        yield from self.equation(chains[1], boxed=len(weights) != 2)
        if len(weights) == 2:
            yield from self._solved(chains[2], weights)

    def _in_letters(self, chain: Chain) -> Iterator[str]:
        ((relation, texts),) = chain.items
        values = {f"x[{i}]": Fraction(3 * i * i + 1, 2) for i in range(1, len(self.spec.inputs[0]) + 1)}

        def lookup(name: str) -> Number:
            bare = name.partition("@")[0]
            return values[bare] if bare in values else self._value(bare)

        evaluate = Evaluator(lookup)
        left, right = (tidy(self.chains.parse(one)) for one in (chain.target, texts))
        total = self.constant() - self.border
        for w, x in zip(self.weights(), values.values(), strict=True):
            total = total + w * x
        names = {one.name for one in _symbols(left)}
        if relation != "=" or abs(big(evaluate(left) - evaluate(right) - total)) > big(Fraction(1, 10**30)):
            yield "not the weighted sum at the border"
        if self.mark and any(name[0] in "Wbt" and "_new" not in name for name in names):
            yield f"{names} are not the parameters in the end"
        if text_of(tidy(self.chains.parse(texts))) != str(_short(self.border)):
            yield f"the border is {self.border}"

    def equation(self, chain: Chain, *, boxed: bool = False) -> Iterator[str]:
        """`2.15 x₁ + 1.59 x₂ − 2.43 ≈ 0`: every coefficient, and whether all are exact."""
        ((relation, texts),) = chain.items
        if (texts[:1] == ("\\boxed",)) is not boxed or text_of(tidy(self.chains.parse(texts))) != "0":
            yield "the right side is 0"
        wanted: dict[str, Number] = {f"x[{i}]": w for i, w in enumerate(self.weights(), 1)}
        wanted[""] = self.constant() - self.border
        yield from self._coefficients(chain.target, wanted, relation, None)

    def _solved(self, chain: Chain, weights: list[Number]) -> Iterator[str]:
        first, second = weights
        rest = self.constant() - self.border
        wanted = {"": -rest / first} if second == 0 else {"x[1]": -first / second, "": -rest / second}
        target = self.chains.parse(chain.target)
        if not isinstance(target, Sym) or target.name.partition("@")[0] != (
            "x[1]" if second == 0 else "x[2]"
        ):
            yield "solved for another input"
        ((relation, texts),) = chain.items
        if texts[:1] != ("\\boxed",):
            yield "no box"
        yield from self._coefficients(texts, wanted, relation, self.chains.answers)

    def _coefficients(
        self, texts: tuple[str, ...], wanted: dict[str, Number], relation: str, digits: Digits | None
    ) -> Iterator[str]:
        """The numbers before the letters; what is 0 is left out. Without `digits` enough of them will do."""
        node = tidy(self.chains.parse(texts))
        found = dict(map(_term, node.terms if isinstance(node, Sum) else (node,)))
        exact = True
        for letter, value in wanted.items():
            if letter not in found:
                if value != 0:
                    yield f"{letter or 'the constant'} is left out"
                continue
            end = found.pop(letter)
            exact &= end[0] == value
            if end[0] == value == 0 and len(wanted) > 1 and isinstance(node, Sum):
                yield "a 0 among others"
            yield from self._printed(end, value, digits)
        carried = (
            exact and self.world.each_step and bool(self.mark)
        )  # it may have been rounded when it was found
        if found or ((relation == "=") is not exact and not carried):
            yield f"{relation} and {found} more"

    def _printed(self, end: tuple[Fraction, Num], value: Number, digits: Digits | None) -> Iterator[str]:
        """A number right to its last digit, with digits as they are asked for, or enough of them."""
        if end[0] == value and (digits is None or isinstance(value, Fraction)):
            return
        text = ("-" if end[0] < 0 else "") + end[1].text
        if digits is not None:
            wrong = fault(text, value, digits)
        else:
            exact = as_fraction(value)
            right = round_half_away(exact, end[1].decimals) == end[0]
            wrong = (
                None
                if right and end[1].decimals >= places(exact, self.chains.between)
                else f"{text}: {float(value)}"
            )
        if wrong:
            yield wrong

    def table(self, source: str) -> Iterator[str]:
        """Every sample with its weighted sum, its class, and whether that is right."""
        head, *rows = cells(source)
        names = [self._letter(cell.strip("$")) for cell in head[1:-2]]
        inputs = [f"x[{i}]" for i in range(1, len(self.spec.inputs[0]) + 1)]
        if [head[0], *names, *head[-2:]] != ["No.", *inputs, "y[1]", "z[1][1]", "prediction", "right?"]:
            yield f"a table of {head}"
        if [row[0] for row in rows] != [str(n) for n in range(1, len(self.spec.inputs) + 1)]:
            yield "not all samples, in order"
        for s, row in enumerate(rows):
            for name, cell in zip([*inputs, "y[1]"], row[1:-3], strict=True):
                given = written(self.world.givens[name, None, s + 1])
                if text_of(self._node(cell)) != given:
                    yield f"{name} of sample {s + 1} is {given}"
            end = literal(self._node(row[-3]))
            if end is None:
                raise Unreadable(row[-3])
            yield from self._printed(end, self.weighted(s), None)
            if text_of(self._node(row[-2])) != str(self.prediction(s)):
                yield f"sample {s + 1} is predicted as {self.prediction(s)}"
            if row[-1] != ("yes" if self._right(s) else "no"):
                yield f"sample {s + 1}: {row[-1]}"

    def _letter(self, latex: str) -> str:
        """The quantity that a letter stands for, of whichever sample."""
        return str(getattr(self.chains.parse(read_tokens(latex)), "name", "?")).partition("@")[0]

    def _node(self, cell: str) -> Node:
        return tidy(self.chains.parse(read_tokens(cell.strip("$"))))

    def accuracy(self, formula: str) -> Iterator[str]:
        """`2/3 ≈ 0.667`: as counted, then as a number."""
        chain = relation_chain(read_tokens(formula))
        count = len(self.spec.inputs)
        hits = sum(map(self._right, range(count)))
        ((relation, texts),) = chain.items
        end = literal(tidy(self.chains.parse(texts)))
        if text_of(tidy(self.chains.parse(chain.target))) != f"{hits}/{count}" or end is None:
            yield f"{hits} of {count} are right"
            return
        if (relation == "=") is not (end[0] == Fraction(hits, count)):
            yield f"{relation} before {end[0]}"
        yield from self._printed(end, Fraction(hits, count), None)

    # ------------------------------------------------------------------ answers

    def wanted(self, asks: list[str]) -> list[str]:
        """What stands before the answers of a part, in order."""
        found: list[str] = []
        for ask in asks:
            if ask == "prediction":
                found += [f"Prediction for sample {n}" for n in range(1, len(self.spec.inputs) + 1)]
            elif ask in CLASSES:
                found.append({"accuracy": "Accuracy"}.get(ask, "Decision boundary"))
        return found

    def answer(self, words: str, cell: str) -> Iterator[str]:
        """One row of the answers."""
        if words == "Decision boundary":
            yield from self.equation(relation_chain(read_tokens(cell.strip("$"))))
        elif words == "Accuracy":
            ((_, formula),) = split_inline(cell)
            yield from self.accuracy(formula)
        elif text_of(self._node(cell)) != str(self.prediction(int(words.rpartition(" ")[2]) - 1)):
            yield f"{words}: {cell}"


def _symbols(node: Node) -> Iterator[Sym]:
    if isinstance(node, Sym):
        yield node
    for part in getattr(node, "terms", ()) or getattr(node, "factors", ()):
        yield from _symbols(part)
    if isinstance(node, Neg):
        yield from _symbols(node.inner)


def _term(node: Node) -> tuple[str, tuple[Fraction, Num]]:
    """The letter of a term (none of a constant) and its number."""
    if isinstance(node, Neg):
        letter, (value, num) = _term(node.inner)
        return letter, (-value, num)
    if isinstance(node, Sym):
        return node.name.partition("@")[0], (Fraction(1), Num("1", Fraction(1), 0))
    if isinstance(node, Product) and len(node.factors) == 2 and isinstance(node.factors[1], Sym):
        end = literal(node.factors[0])
        if end is not None:
            return node.factors[1].name.partition("@")[0], end
    end = literal(node)
    if end is None:
        raise Unreadable(f"no term: {node}")
    return "", end


def _short(value: Fraction) -> str:
    """`0`, `0.5`."""
    return str(value.numerator) if value.denominator == 1 else str(float(value))


__all__ = ["CLASSES", "SECTIONS", "Classes"]
