"""Formulas of whole vectors and matrices taken apart: for each entry, a formula of single quantities.

`z = W x + b` becomes `z_1 = W_11 x_1 + W_12 x_2 + b_1` and so on, so that whole lines are checked as single ones
are. Whole quantities are named `vector z[1]@2` and `matrix W[1]`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product

from nbsolve.checking.audit.grids import (
    ONE,
    Grid,
    diagonal,
    dot,
    each,
    filled,
    joined,
    matrix_product,
    times,
    zipped,
)
from nbsolve.checking.audit.latex import Unreadable
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
)
from nbsolve.checking.audit.world import World
from nbsolve.checking.oracle.activations import WHOLE as JOINT
from nbsolve.checking.oracle.spec import Spec

WHOLE = ("vector ", "matrix ")
OF_SEVERAL = {"sum", "norm", "max", "min"}
"""Functions whose argument is a whole vector or matrix, and whose value is a number."""
SLOPES: dict[str, Callable[[Node], Node]] = {
    "sigma'": lambda a: Power(Product((a, Sum((ONE, Neg(a))))), ONE),  # one factor of a product
    "tanh'": lambda a: Sum((ONE, Neg(Power(a, Num("2", Fraction(2), 0))))),
}
"""Where values are carried from step to step as they are written, these are found from the activation."""


def has_wholes(node: Node) -> bool:
    """Whether a whole quantity, or a formula of one, stands somewhere in it."""
    if isinstance(node, Sym):
        return any(word in node.name for word in WHOLE)
    return any(has_wholes(part) for part in children(node))


class Wholes:
    """Takes formulae of one problem apart."""

    def __init__(self, world: World) -> None:
        self.spec: Spec = world.spec
        self.each_step = world.each_step
        self.as_rows = world.node["network"].get("layout", "W x + b") == "x W + b"

    def entries(self, target: Sym, forms: Sequence[Node]) -> Iterator[tuple[Sym, list[Node]]]:
        """Each entry of the target, with what each form says of it. Raises Unreadable where shapes differ."""
        whole = self._taken_apart(target)
        grids = [self._taken_apart(form) for form in forms]
        if isinstance(whole, Grid):
            for grid, form in zip(grids, forms, strict=True):
                if not isinstance(grid, Grid) or grid.shape != whole.shape:
                    raise Unreadable(f"{target.name}: of another shape: {form}")
            for r, c in product(range(whole.shape[0]), range(whole.shape[1])):
                entry = whole.rows[r][c]
                found = [grid.rows[r][c] for grid in grids if isinstance(grid, Grid)]
                if isinstance(entry, Sym):
                    yield entry, found
                elif any(isinstance(cell, Num) and cell.value != 0 for cell in found):
                    raise Unreadable(f"{target.name}: a number where there is no weight")
            return
        single = [grid for grid in grids if not isinstance(grid, Grid)]
        if len(single) != len(forms):
            raise Unreadable(f"{target.name}: a number is a vector")
        yield target, single

    def parts(self, target: Node, forms: Sequence[Node]) -> Iterator[tuple[Node, list[Node]]]:
        """Each entry of a formula that is a target, with what each form says of it. Raises Unreadable."""
        whole, *grids = (self._taken_apart(form) for form in (target, *forms))
        if not isinstance(whole, Grid):
            yield whole, [grid for grid in grids if not isinstance(grid, Grid)]
            return
        if any(not isinstance(grid, Grid) or grid.shape != whole.shape for grid in grids):
            raise Unreadable("a part of another shape")
        columns = [grid.entries() for grid in grids if isinstance(grid, Grid)]
        yield from zip(whole.entries(), map(list, zip(*columns, strict=True)), strict=True)

    def names(self, target: Sym) -> list[str]:
        """The names of the entries of a target; its own where it is a single quantity."""
        whole = self._taken_apart(target)
        entries = whole.entries() if isinstance(whole, Grid) else (whole,)
        return [entry.name for entry in entries if isinstance(entry, Sym)]

    def _taken_apart(self, node: Node) -> Node | Grid:
        match node:
            case Sym(name) if has_wholes(node):
                return self._named(name)
            case Matrix(rows):
                cells = [[self._taken_apart(cell) for cell in row] for row in rows]
                if any(isinstance(cell, Grid) for row in cells for cell in row):
                    blocks = [cell for row in cells for cell in row]
                    return joined(
                        [one if isinstance(one, Grid) else Grid(((one,),)) for one in blocks], self.as_rows
                    )
                return Grid(tuple(tuple(self._single(cell) for cell in row) for row in rows))
            case Neg(inner):
                return each(Neg, self._taken_apart(inner))
            case Sum(terms):
                return self._added([self._taken_apart(term) for term in terms])
            case Product(factors):
                return self._multiplied(factors)
            case Quotient(top, bottom):
                below = self._single(bottom)
                return each(lambda entry: Quotient(entry, below), self._taken_apart(top))
            case Power(base, exponent):
                power = self._taken_apart(exponent)
                if isinstance(power, Grid):
                    number = self._single(base)
                    return each(lambda entry: Power(number, entry), power)
                return each(lambda entry: Power(entry, power), self._taken_apart(base))
            case Call(name, arguments):
                return self._called(name, arguments)
        return node

    def _single(self, node: Node) -> Node:
        apart = self._taken_apart(node)
        if isinstance(apart, Grid):
            raise Unreadable(f"a vector where a number should be: {node}")
        return apart

    # operations

    def _added(self, terms: list[Node | Grid]) -> Node | Grid:
        grids = [term for term in terms if isinstance(term, Grid)]
        if not grids:
            return Sum(tuple(term for term in terms if not isinstance(term, Grid)))
        if len({grid.shape for grid in grids}) > 1:
            raise Unreadable(f"a sum of shapes {[grid.shape for grid in grids]}")
        wide = [term if isinstance(term, Grid) else filled(term, grids[0].shape) for term in terms]
        return zipped(lambda *entries: Sum(entries), *wide)

    def _multiplied(self, factors: tuple[Node, ...]) -> Node | Grid:
        """Numbers times wholes; matrices one after the other; two vectors side by side.

        `a · y` of two letters is the scalar product, `a (1 − a)` is meant entry by entry.
        """
        result: Node | Grid | None = None
        before: Node | None = None
        for factor in factors:
            apart = self._taken_apart(factor)
            if result is None:
                result = apart
            elif isinstance(result, Grid) and isinstance(apart, Grid):
                letters = isinstance(before, Sym) and isinstance(factor, Sym)
                if result.shape == apart.shape and result.shape[0] != result.shape[1]:
                    result = dot(result, apart) if letters else zipped(times, result, apart)
                else:
                    result = matrix_product(result, apart)
            elif isinstance(result, Grid):
                result = result.map(lambda entry, scale=apart: times(entry, scale))  # type: ignore[misc]
            else:
                scale = result
                result = each(lambda entry, scale=scale: times(scale, entry), apart)  # type: ignore[misc]
            before = factor
        assert result is not None
        return result

    def _called(self, name: str, arguments: tuple[Node, ...]) -> Node | Grid:
        if name in ("brace", "boxed"):
            return self._taken_apart(arguments[0])
        if name == "columns":
            return self._columns(*arguments)
        if name == "hadamard":
            one, two = (self._taken_apart(argument) for argument in arguments)
            if not isinstance(one, Grid) or not isinstance(two, Grid) or one.shape != two.shape:
                raise Unreadable("⊙ between different shapes")
            return zipped(times, one, two)
        apart = [self._taken_apart(argument) for argument in arguments]
        (first, *more) = apart
        if name in SLOPES and self.each_step and not more:  # of a vector, or of one unit among others
            return each(lambda entry: SLOPES[name](Sym(_name(entry).replace("z", "a", 1))), first)
        if not isinstance(first, Grid):
            return Call(name, tuple(entry for entry in apart if not isinstance(entry, Grid)))
        if more:
            raise Unreadable(f"{name} of a vector and more")
        if name == "transpose":
            return first.transposed()
        if name == "sum":
            return Sum(first.entries()) if len(first.entries()) > 1 else first.entries()[0]
        if name == "diag":
            return diagonal(first.entries())
        if name == "ell'":
            return first.map(self._slope_of_loss)
        if name in OF_SEVERAL:
            return Call(name, arguments)
        return first.map(lambda entry: Call(name, (entry,)))

    def _columns(self, body: Node, places: Node) -> Grid:
        """`(W)_{:,1:2}`, or `(W)_{1:2,:}` where the rows are inputs: what belongs to some of the inputs."""
        grid = self._taken_apart(body)
        match = re.fullmatch(
            r"(?:(:),)?(\d+)(?::(\d+))?(?:,(:))?", places.words if isinstance(places, Text) else ""
        )
        if not isinstance(grid, Grid) or match is None or (match[1] is None) is not self.as_rows:
            raise Unreadable(f"{places} of what is no matrix")
        first, last = int(match[2]) - 1, int(match[3] or match[2])
        if self.as_rows:
            return Grid(grid.rows[first:last])
        return Grid(tuple(row[first:last] for row in grid.rows))

    def _slope_of_loss(self, output: Node) -> Node:
        if not isinstance(output, Sym) or indices(output.name)[0] != "a":
            raise Unreadable("the derivative of the loss at something that is no output")
        if indices(output.name)[1][0] not in self.spec.ends:
            raise Unreadable("the derivative of the loss at a hidden layer")
        return Sym(f"ell' {output.name}")

    # quantities

    def _named(self, name: str) -> Grid:
        if not name.startswith("∂"):
            return self._letters(name)
        path, _, through = name.partition("|")
        top, _, bottom = path[1:].partition("/∂")
        if through:
            raise Unreadable(f"a part of {name}")
        if not top.startswith(WHOLE):
            return self._letters(bottom).map(
                lambda entry: Sym(f"∂{top}/∂{_name(entry)}") if isinstance(entry, Sym) else entry
            )
        upper, lower = self._letters(top), self._letters(bottom)
        if indices(_name(lower.entries()[0]))[0] in ("a", "x"):  # a row for each output
            return _table(upper, lower)
        layer = indices(_name(upper.entries()[0]))[1][0]
        if self.spec.layers[layer - 1].activation in JOINT:
            return _table(upper, lower)
        return zipped(lambda a, z: Sym(f"∂{_name(a)}/∂{_name(z)}"), upper, lower)

    def _letters(self, name: str) -> Grid:
        kind, _, rest = name.partition(" ")
        stem, _, sample = rest.partition("@")
        mark = f"@{sample}" if sample else ""
        letter, numbers = indices(stem)
        if kind == "matrix":
            layer = self.spec.layers[numbers[0] - 1]
            columns = layer.written or tuple(range(1, len(layer.weights[0]) + 1))
            rows = range(1, layer.units + 1)

            def entry(j: int, i: int) -> Node:
                there = (j, i) not in layer.missing
                if letter == "M":
                    return Num(str(int(there)), Fraction(int(there)), 0)
                return Sym(f"{stem}[{j}][{i}]") if there else Num("0", Fraction(0), 0)

            grid = Grid(tuple(tuple(entry(j, i) for i in columns) for j in rows))
            return grid.transposed() if self.as_rows else grid
        if letter in ("x", "v", "uJ"):
            size = len(self.spec.inputs[0])
        else:
            size = self.spec.layers[numbers[0] - 1 if numbers else -1].units
        column = Grid(tuple((Sym(f"{stem}[{j}]{mark}"),) for j in range(1, size + 1)))
        return column.transposed() if self.as_rows else column


def _table(upper: Grid, lower: Grid) -> Grid:
    """Every entry of one vector differentiated with respect to every entry of another."""
    return Grid(
        tuple(tuple(Sym(f"∂{_name(a)}/∂{_name(b)}") for b in lower.entries()) for a in upper.entries())
    )


def _name(entry: Node) -> str:
    assert isinstance(entry, Sym)
    return entry.name


__all__ = ["Grid", "Wholes", "has_wholes"]
