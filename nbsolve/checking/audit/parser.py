"""A parser for the LaTeX of worked solutions: symbols by table, the rest by precedence. It never guesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from nbsolve.checking.audit.commands import FRACTIONS, FUNCTIONS, NAMES, OPEN, RELATIONS, SIZES, STYLES, TIMES
from nbsolve.checking.audit.decimals import is_power_of_ten, number, scientific
from nbsolve.checking.audit.environments import Environments
from nbsolve.checking.audit.latex import Token, Unreadable, plain, tokens
from nbsolve.checking.audit.tree import (
    Call,
    Neg,
    Node,
    Num,
    Power,
    Product,
    Quotient,
    Ref,
    Sum,
    Sym,
    Text,
)
from nbsolve.checking.oracle.own import CALLED


class Parser(Environments):
    """One formula. `symbols` maps the tokens of a written symbol to the name of its value."""

    def __init__(self, texts: Sequence[str], symbols: Mapping[tuple[str, ...], str]) -> None:
        super().__init__(texts)
        self.symbols = symbols
        self.longest = max((len(k) for k in symbols), default=0)

    def another(self, texts: Sequence[str]) -> Parser:
        """A parser of the same letters for a part of the formula."""
        return Parser(texts, self.symbols)

    # sums and products

    def expression(self) -> Node:
        terms = [self._signed_term()]
        while self.peek() in ("+", "-"):
            terms.append(self._signed_term(first=False))
        return terms[0] if len(terms) == 1 else Sum(tuple(terms))

    def _signed_term(self, *, first: bool = True) -> Node:
        if self.peek() == "-":
            self.take()
            if self.peek() in ("+", "-"):
                raise Unreadable("two signs meet")
            return Neg(self.term())
        if self.peek() == "+":
            if first:
                raise Unreadable("a leading plus")
            self.take()
            if self.peek() in ("+", "-"):
                raise Unreadable("two signs meet")
        return self.term()

    def term(self) -> Node:
        factors: list[Node] = [self.factor()]
        while True:
            text = self.peek()
            if text in TIMES or text in ("\\odot", "\\otimes"):
                self.take()
                if self.peek() in ("+", "-"):
                    raise Unreadable("a bare sign after a product's dot")
                nxt = self.factor()
                last = factors[-1]
                if text in TIMES and isinstance(last, Num) and is_power_of_ten(nxt):
                    factors[-1] = scientific(last, nxt)
                elif text in TIMES:
                    factors.append(nxt)
                else:
                    factors[-1] = Call("hadamard" if text == "\\odot" else "outer", (last, nxt))
            elif text == "/":
                self.take()
                factors[-1] = Quotient(factors[-1], self.factor())
            elif self._starts_a_factor():
                nxt = self.factor()
                if isinstance(nxt, Num) and isinstance(factors[-1], Num):
                    raise Unreadable("two numbers side by side")
                factors.append(nxt)
            else:
                break
        return factors[0] if len(factors) == 1 else Product(tuple(factors))

    def _starts_a_factor(self) -> bool:
        text = self.peek()
        if (
            not text
            or text in RELATIONS
            or text in {"+", "-", ")", "]", "}", ",", "&", "\\\\", "\\}", "\\rbrace", ";"}
        ):
            return False
        if text in ("\\rvert", "\\rVert", "\\end", ":"):
            return False
        return not (text in ("|", "\\|") and self._inside_bars)

    _inside_bars = False

    # one factor with its powers

    def factor(self) -> Node:
        bracketed = self.peek() == "("
        base = self._base()
        if bracketed and self.peek() == "_":
            self.take()
            base = Call("columns", (base, Text("".join(self.raw_argument()))))
        while self.peek() == "^":
            self.take()
            if self.peek() in ("\\top", "T"):
                self.take()
                base = Call("transpose", (base,))
                continue
            base = Power(base, self._argument())
        return base

    def _argument(self) -> Node:
        if self.peek() == "{":
            return self._group()
        if self.peek() == "-":
            raise Unreadable("a bare sign as argument")
        return self._base()

    def _group(self) -> Node:
        self.take("{")
        inner = self.expression()
        self.take("}")
        return inner

    def _base(self) -> Node:
        symbol = self._symbol()
        if symbol is not None:
            return symbol
        text = self.take()
        if text == "." and self.peek() in FRACTIONS:
            return self._share()
        if text == "\\partial":
            return self._derivative(slashed=True)
        if text[0] in "0123456789" or (text[0] == "." and len(text) > 1):
            return number(text)
        if "①" <= text <= "⑳" or "㉑" <= text <= "㊿":
            return Ref(text)
        if text in OPEN:
            return self._bracket(text)
        if text == "{":
            self.at -= 1
            return self._group()
        if text in FRACTIONS and self.peek() == "{" and self.peek(1) == "\\partial":
            return self._derivative(slashed=False)
        if text in FRACTIONS:
            top = self._argument()
            return Quotient(top, self._argument())
        if text == "\\sqrt":
            return Call("sqrt", (self._argument(),))
        if text == "\\boxed":
            return Call("boxed", (self._argument(),))
        if text == "\\underbrace":
            inner = self._argument()
            self.take("_")
            return Call("brace", (inner, Text(" ".join(self.raw_argument()))))
        if text == "e" and self.peek() == "^":
            self.take()
            return Call("exp", (self._argument(),))
        if text in ("\\pi",):
            return Sym("π")
        if text == "e":
            return Sym("e")
        if text == "\\begin":
            return self._environment()
        if text in FUNCTIONS:
            return self._function(FUNCTIONS[text])
        if text in STYLES:
            return self._styled()
        if text in ("\\mathbb", "\\mathbf") or text == "\\mathbb{1}":
            self.raw_argument()
            return Call("indicator", (self._condition(),))
        raise Unreadable(f"{text!r} in {' '.join(self.texts)}")

    def _symbol(self) -> Node | None:
        for length in range(min(self.longest, len(self.texts) - self.at), 0, -1):
            name = self.symbols.get(self.texts[self.at : self.at + length])
            if name is not None:
                self.at += length
                if self.peek() == "_":
                    raise Unreadable(f"an index after {name}: {' '.join(self.texts)}")
                return Sym(name)
        return None

    def _named(self) -> str:
        symbol = self._symbol()
        if not isinstance(symbol, Sym):
            raise Unreadable(f"no letter at {self.peek()}: {' '.join(self.texts)}")
        return symbol.name

    def _derivative(self, *, slashed: bool) -> Sym:
        """`\\frac{\\partial X}{\\partial Y}`, or `\\partial X/\\partial Y` with its first ∂ read."""
        between = ("/", "\\partial") if slashed else ("}", "{", "\\partial")
        if not slashed:
            self.take("{")
            self.take("\\partial")
        top = self._named()
        for text in between:
            self.take(text)
        bottom = self._named()
        if not slashed:
            self.take("}")
        return Sym(f"∂{top}/∂{bottom}")

    def _share(self) -> Sym:
        """`\\left.\\frac{\\partial L}{\\partial h}\\right|_{u}`: what comes through u."""
        whole = self._base()
        if not isinstance(whole, Sym) or not whole.name.startswith("∂"):
            raise Unreadable("a bar after something that is no derivative")
        self.take("|")
        self.take("_")
        braced = self.peek() == "{"
        if braced:
            self.take()
        self.take("\\text")
        if "".join(self.raw_argument()) != "via":
            raise Unreadable("a bar that does not say via")
        through = self._named()
        if braced:
            self.take("}")
        return Sym(f"{whole.name}|{through}")

    def _bracket(self, opening: str) -> Node:
        closing = OPEN[opening]
        before, self._inside_bars = self._inside_bars, opening == closing
        inner = self.expression()
        self._inside_bars = before
        self.take(closing)
        return Call(SIZES[opening], (inner,)) if opening in SIZES else inner

    # functions

    def _function(self, name: str) -> Node:
        while self.peek() in ("'", "\\prime") or (self.peek() == "^" and self.peek(1) in ("\\prime", "'")):
            if self.peek() == "^":
                self.take()
            self.take()
            name += "'"
        if name == "log" and self.peek() == "_":
            self.take()
            base = self._argument()
            return Call("log", (base, *self._arguments()))
        power: Node | None = None
        if self.peek() == "^":
            self.take()
            power = self._argument()
        value: Node = Call(name, tuple(self._arguments()))
        return value if power is None else Power(value, power)

    def _arguments(self) -> list[Node]:
        if self.peek() not in ("(", "[", "\\{"):
            return [self.factor()]
        closing = OPEN[self.take()]
        out = [self.expression()]
        while self.peek() in (",", ";"):
            self.take()
            out.append(self.expression())
        self.take(closing)
        return out

    def _styled(self) -> Node:
        words = "".join(self.raw_argument())
        if words in NAMES:
            return self._function(NAMES[words])
        if words == "1" and self.peek() in ("[", "(", "\\{", "_"):
            return Call("indicator", (self._condition(),))
        if words in CALLED and self.peek() in ("(", "'", "^"):
            return self._function(words)
        return Text(words)

    def _condition(self) -> Node:
        if self.peek() == "_":
            self.take()
        opening = self.take()
        inner = self.taken("[")
        left = self.expression()
        relation = RELATIONS.get(self.take())
        if relation is None:
            raise Unreadable("a condition without a relation")
        right = self.expression()
        if inner:
            self.take("]")
        self.take("}" if opening == "{" else OPEN[opening])
        return Call(relation, (left, right))


def read_tokens(latex: str) -> tuple[str, ...]:
    """The texts a parser works on; fractions and scripts must have braces around several digits."""
    raw = tokens(latex)
    for token, following in zip(raw, [*raw[1:], Token("end", "")], strict=True):
        if token.text in FRACTIONS and following.text != "{":
            raise Unreadable("a fraction without braces")
    return plain(raw)


def whole(texts: tuple[str, ...], symbols: Mapping[tuple[str, ...], str]) -> Node:
    """One formula, read to its end."""
    parser = Parser(texts, symbols)
    node = parser.expression()
    if parser.at != len(texts):
        raise Unreadable(f"unread: {' '.join(texts)}")
    return node


def parse(latex: str, symbols: Mapping[tuple[str, ...], str]) -> Node:
    """One expression, read to its end."""
    parser = Parser(read_tokens(latex), symbols)
    node = parser.expression()
    if parser.at != len(parser.texts):
        raise Unreadable(f"unread: {' '.join(parser.texts[parser.at :])} in {latex}")
    return node
