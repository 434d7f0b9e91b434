"""Matrices and case distinctions, read row by row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from nbsolve.checking.audit.commands import MATRICES, RELATIONS, STYLES
from nbsolve.checking.audit.cursor import Cursor
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.tree import (
    Call,
    Matrix,
    Node,
    Text,
)


class Environments(Cursor, ABC):
    """Reads what stands between `\\begin` and `\\end`."""

    @abstractmethod
    def expression(self) -> Node:
        """A sum of terms."""

    @abstractmethod
    def another(self, texts: Sequence[str]) -> Environments:
        """A reader of the same letters for a part of the formula."""

    # environments

    def _environment(self) -> Node:
        name = "".join(self.raw_argument())
        if name == "array":
            self.raw_argument()
        if name == "cases":
            return self._cases()
        if name not in MATRICES:
            raise Unreadable(f"environment {name}")
        rows: list[tuple[Node, ...]] = []
        row: list[Node] = [self.expression()]
        while True:
            text = self.take()
            if text == "&":
                row.append(self.expression())
                continue
            rows.append(tuple(row))
            if text == "\\\\" and self.peek() != "\\end":
                row = [self.expression()]
                continue
            if text == "\\\\":
                self.take()
            if "".join(self.raw_argument()) != name:
                raise Unreadable("an environment that does not close")
            return Matrix(tuple(rows))

    def _cases(self) -> Node:
        parts: list[Node] = []
        while self.peek() != "\\end":
            parts.append(self.expression())
            self.take("&")
            words: list[str] = []
            depth = 0
            while depth or self.peek() not in ("\\\\", "\\end"):
                depth += (self.peek() == "\\begin") - (self.peek() == "\\end")
                words.append(self.take())
            parts.append(self._case_condition(words))
            if self.peek() == "\\\\":
                self.take()
        self.take("\\end")
        self.raw_argument()
        return Call("cases", tuple(parts))

    def _case_condition(self, texts: list[str]) -> Node:
        """`\\text{if } z > 0`, `z > 0` or `\\text{otherwise}`."""
        inner = self.another(texts)
        if inner.peek() in STYLES:
            inner.take()
            words = "".join(inner.raw_argument())
            if inner.at == len(inner.texts):
                return Text(words)
        left = inner.expression()
        relation = RELATIONS.get(inner.take())
        if relation is None:
            raise Unreadable("a case without a relation")
        condition = Call(relation, (left, inner.expression()))
        if inner.at != len(inner.texts):
            raise Unreadable(f"too much in a case: {' '.join(texts)}")
        return condition
