"""Reading the signs of analysis: derivatives, sums over an index, braces, case distinctions, matrices."""

from __future__ import annotations

import re
from abc import abstractmethod

from tests.algebra.cursor import Cursor
from tests.algebra.scanning import Unreadable
from tests.algebra.tree import Cases, Compared, Derivative, Grid, IndexedSum, Indicator, Marked, Node, Share

RELATIONS = {
    "=": "=", r"\approx": "≈", "<": "<", ">": ">", r"\le": "≤", r"\ge": "≥", r"\ne": "≠",
}  # fmt: skip


class Signs(Cursor):
    """What is written with signs of its own; expressions inside are read by the whole reader."""

    @abstractmethod
    def expression(self) -> Node:
        """A sum."""

    @abstractmethod
    def _entrywise(self) -> Node:
        """A term."""

    @abstractmethod
    def _factor(self) -> Node:
        """A factor with its exponent."""

    @abstractmethod
    def _group(self) -> Node:
        """What stands in brackets."""

    @abstractmethod
    def _base(self) -> Node:
        """A factor without its exponent."""

    def _derivative(self) -> Node:
        r"""`\frac{\partial L}{\partial a}`, or `\frac{\mathrm{d}}{\mathrm{d}z}` and what it is applied to."""
        self.take("{")
        sign = self._differential()
        body: Node | None = None if self.peek() == "}" else self._factor()
        self.take("}")
        self.take("{")
        if self._differential() != sign:
            raise Unreadable("a derivative with two kinds of d")
        variable = self._letter()
        self.take("}")
        if body is None:
            if self.peek() != "[":
                raise Unreadable("a derivative of nothing")
            body = self._group()
        return Derivative(body, variable)

    def _differential(self) -> str:
        if self.taken(r"\partial"):
            return "∂"
        for expected in (r"\mathrm", "{", "d", "}"):
            self.take(expected)
        return "d"

    def _share(self) -> Node:
        self.take()
        whole = self._base()
        if not isinstance(whole, Derivative):
            raise Unreadable("a bar after something that is no derivative")
        self.take("⟧")
        self.take("_")
        braced = self.taken("{")
        through = self._letter()
        if braced:
            self.take("}")
        return Share(whole, through)

    def _indexed_sum(self) -> Node:
        self.take()
        self.take("_")
        braced = self.taken("{")
        index = self.take()
        if not re.fullmatch("[a-z]", index):
            raise Unreadable(f"a sum over {index}")
        first: int | None = None
        last: int | str | None = None
        if braced:
            if self.taken("="):
                first = int(self.take())
            self.take("}")
        if self.taken("^"):
            braced = self.taken("{")
            text = self.take()
            last = int(text) if text.isdigit() else text
            if braced:
                self.take("}")
        if (first is None) != (last is None):
            raise Unreadable("a sum with one bound")
        return IndexedSum(index, self._entrywise(), first, last)

    def _indicator(self) -> Node:
        for expected in (r"\mathbb", "{", "1", "}", "_", "{", "["):
            self.take(expected)
        condition = self.condition()
        self.take("]")
        self.take("}")
        return Indicator(condition)

    def condition(self) -> Compared:
        """left relation right."""
        left = self.expression()
        relation = RELATIONS.get(self.take())
        if relation is None:
            raise Unreadable("a condition without a relation")
        return Compared(left, relation, self.expression())

    def _brace(self) -> Node:
        self.take()
        self.take("{")
        inner = self.expression()
        self.take("}")
        self.take("_")
        mark = self.raw()
        number = re.fullmatch(r"\\text\{([①-⑳㉑-㊿]|\(\d+\))\}", "".join(mark))
        if number is not None:
            return Marked(inner, number[1])
        if mark[:1] == [r"\text"]:
            return inner
        raise Unreadable("a brace without words")

    # environments

    def _environment(self) -> Node:
        self.take()
        name = "".join(self.raw())
        if name == "cases":
            node = self._cases()
        elif name == "bmatrix":
            node = self._grid()
        else:
            raise Unreadable(f"environment {name}")
        self.take(r"\end")
        if "".join(self.raw()) != name:
            raise Unreadable("an environment that does not close")
        return node

    def _grid(self) -> Node:
        rows = [[self.expression()]]
        while self.peek() in ("&", r"\\"):
            if self.take() == "&":
                rows[-1].append(self.expression())
            elif self.peek() != r"\end":
                rows.append([self.expression()])
        if len({len(row) for row in rows}) != 1:
            raise Unreadable("rows of different lengths")
        return Grid(tuple(tuple(row) for row in rows))

    def _cases(self) -> Node:
        branches: list[tuple[Node, Compared | None]] = []
        while self.peek() != r"\end":
            value = self.expression()
            self.take("&")
            words = ""
            if self.taken(r"\text"):
                words = "".join(self.raw())
            if words not in ("", "if", "otherwise"):
                raise Unreadable(f"a case {words}")
            branches.append((value, None if words == "otherwise" else self.condition()))
            self.taken(r"\\")
        if any(condition is None for _, condition in branches[:-1]):
            raise Unreadable("a case after otherwise")
        return Cases(tuple(branches))
