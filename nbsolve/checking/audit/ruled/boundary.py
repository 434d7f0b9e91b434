"""Decision boundaries, and proofs that no line separates two classes, as a page has them."""

from __future__ import annotations

from fractions import Fraction

from nbsolve.checking.audit.decimals import number
from nbsolve.checking.audit.display import Chain
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.ruled.numbers import Context, Wrong, claim, exactly
from nbsolve.checking.audit.ruled.world import RuleWorld
from nbsolve.checking.audit.tree import Call, Matrix, Node, Product, Sum, Sym
from nbsolve.checking.oracle.rounding import places, round_half_away


class Boundaries(RuleWorld):
    """Checks equations of boundaries, and points between the samples of either class."""

    def _boundary(self, chain: Chain, at: Context) -> None:
        """In letters, with numbers, solved for an input: one line after the other."""
        at.lines += 1
        weights, constant = self.line_of(at.unit)
        ((relation, right),) = chain.items
        left, node = self._read(chain.target), self._read(right)
        if isinstance(node, Call) and node.name == "boxed":
            node = node.arguments[0]
        letters = [f"x{k}" for k in range(1, len(weights) + 1)]
        if at.lines == 3:  # x_2 = slope x_1 + intercept, or x_1 = a number
            claim(isinstance(left, Sym), "solved for an input")
            assert isinstance(left, Sym)
            i = int(left.name[1:])
            claim(i == 2 or weights[1] == 0, "solved for another input")
            slope, height = (
                (-weights[0] / weights[1], -constant / weights[1])
                if i == 2
                else (Fraction(0), -constant / weights[0])
            )
            found = self._affine(node, ["x1"] if i == 2 else [])
            wanted = [slope, height] if i == 2 else [height]
            self._coefficients(found, wanted, relation)
            return
        if at.lines == 1:
            values = {f"x{k}": Fraction(3 * k * k + 1, 2) for k in range(1, len(weights) + 1)}
            everything = self.values(Context()) | values
            sum_ = sum((w * values[f"x{k}"] for k, w in enumerate(weights, 1)), constant)
            self._formula_is_the_rule(f"z@{at.unit}", left)
            claim(Evaluator(everything.__getitem__)(left) - exactly(node) == sum_, "the sum at the border")
            return
        claim(exactly(node) == 0, "the right side is 0")
        self._coefficients(self._affine(left, letters), [*weights, constant], relation)

    def _affine(self, node: Node, letters: list[str]) -> list[Fraction]:
        """The coefficients of the letters, and the constant, of a sum of terms."""
        zero = dict.fromkeys([f"x{k}" for k in range(1, 21)], Fraction(0))
        constant = Evaluator(zero.__getitem__)(node)
        found = [Evaluator((zero | {letter: Fraction(1)}).__getitem__)(node) - constant for letter in letters]
        return [value for value in (*found, constant) if isinstance(value, Fraction)]

    def _coefficients(self, found: list[Fraction], wanted: list[Fraction], relation: str) -> None:
        exact = found == wanted
        claim((relation == "=") == exact, f"relation {relation}")
        for own, value in zip(found, wanted, strict=True):
            near = round_half_away(value, places(value, self.intermediates))
            claim(own in (value, near), f"{own} for {value}")

    def _proof(self, chain: Chain, unit: int) -> None:
        """Σ λ of one class = the point = Σ μ of the other: convex combinations of samples, exactly."""
        sides = [self._read(chain.target), *(self._read(right) for _, right in chain.items)]
        claim([relation for relation, _ in chain.items] == ["=", "="] and len(sides) == 3, "relations")
        sums = [self._combined(side) for side in sides]
        claim(sums[0][1] == sums[1][1] == sums[2][1], "not one point")
        self.proved = []
        for (terms, _), wanted in zip((sums[0], sums[2]), (self.problem.high, self.problem.low), strict=True):
            claim(sum(share for share, _ in terms) == 1 and all(share > 0 for share, _ in terms), "weights")
            self.proved.append(set())
            for _, point in terms:
                self.proved[-1] |= {n for n, x in enumerate(self.problem.inputs, 1) if x == point}
                own = [
                    t[unit - 1]
                    for x, t in zip(self.problem.inputs, self.problem.targets, strict=True)
                    if x == point
                ]
                claim(wanted in own, "a sample of the other class")

    def _combined(self, side: Node) -> tuple[list[tuple[Fraction, list[Fraction]]], list[Fraction]]:
        """The terms of a weighted sum of points, and what it comes to."""
        terms: list[tuple[Fraction, list[Fraction]]] = []
        for term in side.terms if isinstance(side, Sum) else (side,):
            share, point = (
                (term.factors[0], term.factors[1]) if isinstance(term, Product) else (number("1"), term)
            )
            if not isinstance(point, Matrix):
                raise Wrong("no point")
            terms.append((exactly(share), [exactly(row[0]) for row in point.rows]))
        whole = [
            sum((share * point[k] for share, point in terms), Fraction(0)) for k in range(len(terms[0][1]))
        ]
        return terms, whole
