"""Lines of a page about a rule: formulae, numbers laid on their letters, results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from nbsolve.checking.audit.display import Chain
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.ruled.boundary import Boundaries
from nbsolve.checking.audit.ruled.numbers import (
    Context,
    claim,
    decimals_of,
    exactly,
    is_fraction,
    longer,
    text_of,
)
from nbsolve.checking.audit.tree import Call, Neg, Node, Num, Product, Sum, Sym, children, has_symbols
from nbsolve.checking.oracle.rounding import Digits, fault
from nbsolve.checking.oracle.rules import rounded


class Lines(Boundaries):
    """Checks displayed lines."""

    def _convention(self, chain: Chain) -> None:
        """A formula of the rule, which holds for every sample of every epoch."""
        ((relation, right),) = chain.items
        name, formula = self._name(chain.target), self._read(right)
        claim(relation == "=", "a convention that is rounded")
        if name != "a@1":
            self._formula_is_the_rule(name, formula)
        tried = 0
        for row in self.run.rows:
            values = self.values(Context("", row["epoch"], row["sample"]))
            if (
                self.problem.name == "perceptron"
                and row["a"] == values["y@1"]
                and name not in ("z@1", "a@1", "e@1")
            ):
                continue
            if row["unit"] == 1:
                tried += 1
                self._agree(formula, values, values[name])
        self._elsewhere(name, formula)
        claim(tried > 0 or self.problem.units > 1 or not any(r["e"] for r in self.run.rows), "nothing tried")

    def _elsewhere(self, name: str, formula: Node) -> None:
        """The step at z that no sample has met: on its edges, and around them."""
        if name != "a@1":
            return
        for off in (-2, -1, 0, 1, 2):
            for edge in {-self.problem.margin, Fraction(0), self.problem.margin}:
                z = self.problem.border + edge + Fraction(off, 7)
                found = Evaluator({"z@1": z}.__getitem__)(formula)
                claim(found == self.problem.step(z), f"the step at {z}")

    def _agree(self, formula: Node, values: Mapping[str, Fraction], value: Fraction) -> None:
        found = Evaluator(values.__getitem__)(formula)
        assert isinstance(found, Fraction)
        claim(rounded(found, self.problem.decimals) == value, f"{found} is not {value}")

    def _line(self, chain: Chain, at: Context) -> None:
        """letter = formula = numbers = result."""
        name = self._name(chain.target)
        if not at.sample:
            self._batch_line(chain, name, at)
            return
        values = self.values(at)
        value = values[name]
        items = [(relation, self._read(right)) for relation, right in chain.items]
        (first, formula), *others = items
        claim(first == "=" and has_symbols(formula), "no formula")
        self._formula_is_the_rule(name, formula)
        self._agree(formula, values, value)
        *numbers, (last, result) = others
        claim(len(numbers) == 1, "numbers, then the result")
        ((relation, filled),) = numbers
        exact = self._laid(formula, filled, values)
        claim((relation == "=") == (exact or self.problem.decimals is not None), f"relation {relation}")
        self._result(filled, last, result, value)

    def _batch_line(self, chain: Chain, name: str, at: Context) -> None:
        """What the changes of an epoch come to, and the parameters after it."""
        kind, unit = name.split("@")
        rows = [self.rows[at.epoch, s, int(unit)] for s in range(1, len(self.problem.inputs) + 1)]
        items = [(relation, self._read(right)) for relation, right in chain.items]
        index = re.sub(r"[^0-9]", "", kind)
        each = [row["dw"][int(index) - 1] if index else row["db"] for row in rows]
        total = rounded(sum(each, Fraction(0)), self.problem.decimals)
        if kind.startswith("d"):
            *sums, (last, result) = items
            for relation, node in sums:
                terms = node.terms if isinstance(node, Sum) else (node,)
                exact = all(self._laid_number(t, v) for t, v in zip(terms, each, strict=True))
                claim((relation == "=") == exact, f"relation {relation}")
            self._result(sums[-1][1] if sums else result, last, result, total)
            return
        weights, constant = self.before(at.epoch, 1, int(unit))
        old = weights[int(index) - 1] if index else constant
        assert old is not None
        values = {
            kind.removeprefix("new ") + f"@{unit}": old,
            "d" + kind.removeprefix("new ") + f"@{unit}": total,
        }
        new = rounded(old + total, self.problem.decimals)
        (_, formula), (relation, filled), (last, result) = items
        self._formula_is_the_rule(name, formula)
        exact = self._laid(formula, filled, values)
        claim((relation == "=") == (exact or self.problem.decimals is not None), f"relation {relation}")
        self._result(filled, last, result, new)

    def _result(self, filled: Node, last: str, result: Node, value: Fraction) -> None:
        """The result is what a calculator finds from the printed numbers, and the value as far as printed."""
        if self.problem.decimals is None:
            self._printed(result, value, None, self.intermediates)
        claim(self.problem.decimals is None or exactly(result) == value, "the result")
        found = Evaluator()(filled)
        assert isinstance(found, Fraction)
        shown = exactly(result)
        near = (
            found == shown
            if is_fraction(result)
            else fault(text_of(result), found, self.intermediates) is None
        )
        claim(near, f"{found} is not {shown}")
        claim((last == "=") == (found == shown), f"relation {last}")

    def _laid(self, letters: Node, numbers: Node, values: Mapping[str, Fraction]) -> bool:
        """Whether all numbers in the place of letters are exact. Raises: Wrong where one is not the letter's."""
        if isinstance(letters, Sym):
            return self._laid_number(numbers, values[letters.name])
        if isinstance(letters, Num):
            claim(letters == numbers, "another constant")
            return True
        if isinstance(letters, Product) and isinstance(numbers, Neg) and isinstance(numbers.inner, Product):
            first, *rest = numbers.inner.factors  # −1 · 2 begins with −1
            numbers = Product((Neg(first), *rest))
        mine, other = children(letters), children(numbers)
        claim(type(letters) is type(numbers) and len(mine) == len(other), "another shape")
        laid = [self._laid(a, b, values) for a, b in zip(mine, other, strict=True)]  # every one is looked at
        return all(laid)

    def _laid_number(self, node: Node, value: Fraction) -> bool:
        shown = exactly(node)
        claim(shown != 0 or not isinstance(node, Neg), "−0")
        decimals = decimals_of(node)
        claim(
            shown == value or (decimals is not None and rounded(value, decimals) == shown),
            f"{shown} for {value}",
        )
        if decimals is not None and shown != value:
            claim(
                fault(text_of(node), value, self.intermediates) is None
                or longer(node, value, self.intermediates),
                "digits",
            )
        return shown == value

    def _printed(self, node: Node, value: Fraction, relation: str | None, digits: Digits) -> None:
        """A number that stands for a value: with its digits, and = only where it is exact."""
        node = node.arguments[0] if isinstance(node, Call) and node.name == "boxed" else node
        shown = exactly(node)
        if shown != value:
            claim(
                isinstance(node, Num | Neg) and fault(text_of(node), value, digits) is None,
                f"{shown} for {value}",
            )
        else:
            given = is_fraction(node)
            right = given or text_of(node) in self.given or fault(text_of(node), value, digits) is None
            claim(right, "digits")
        if relation is not None:
            claim((relation == "=") == (shown == value), f"relation {relation}")

    def _chain(self, chain: Chain, at: Context) -> None:
        if at.section.startswith("Conventions"):
            self._convention(chain)
        elif at.section == "Decision boundary":
            self._boundary(chain, at)
        elif at.section == "Can the classes be separated?":
            self._proof(chain, at.unit)
        elif at.section == "The end of training":
            ((relation, right),) = chain.items
            value = self.values(at)[self._name(chain.target)]
            self._printed(self._read(right), value, relation, self.answers)
        else:
            self._line(chain, at)
