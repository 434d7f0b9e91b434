"""The linear form of formulae (what a screen reader says) as the LaTeX that the audit reads."""

from __future__ import annotations

import re
from collections.abc import Mapping

SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+", strict=True))
CALLS = {
    "σ": r"\sigma", "tanh": r"\tanh", "ReLU": r"\mathrm{ReLU}", "LeakyReLU": r"\mathrm{LeakyReLU}",
    "ELU": r"\mathrm{ELU}", "softplus": r"\mathrm{softplus}", "GELU": r"\mathrm{GELU}", "SiLU": r"\mathrm{SiLU}",
    "step": r"\mathrm{step}", "softmax": r"\mathrm{softmax}", "ℓ": r"\ell", "max": r"\max", "ln": r"\ln",
    "cosh": r"\cosh", "sinh": r"\sinh", "erf": r"\operatorname{erf}",
    "sign": r"\operatorname{sign}", "id": r"\mathrm{id}",
    "sum": r"\operatorname{sum}",
}  # fmt: skip
RELATIONS = {
    "=": "=",
    "≈": r"\approx",
    "<": "<",
    ">": ">",
    "≤": r"\le",
    "≥": r"\ge",
    "≠": r"\ne",
    "←": r"\leftarrow",
}
GREEK = {
    "α": r"\alpha",
    "δ": r"\delta",
    "θ": r"\theta",
    "η": r"\eta",
    "λ": r"\lambda",
    "π": r"\pi",
    "⋯": r"\cdots",
    "…": r"\cdots",
}
SIGNS = {"·": r"\,", " · ": r" \cdot ", "⊙": r" \odot "}
"""Between letters nothing is seen, and · is said without spaces."""
ALONE = {"⊙": r"\odot", "ℓ′": r"\ell'", "1[...]": r"\mathbb{1}_{[\ldots]}"}
TAIL = " — "
MORE_DIGITS = " with more digits than above, which the result needs"
PLACES = r"\[(?::,\d+(?::\d+)?|\d+(?::\d+)?,:)\]"
"""`[:,2:3]`: columns of a matrix, or `[2:3,:]`: rows."""
LISTS = (("since ", ", "), ("where ", " and "))
"""How a statement of a note begins, and what stands between its formulae."""


class Unlinear(ValueError):
    """Not the linear form of a formula."""


def display(alt: str, letters: Mapping[str, str]) -> str:
    r"""A chain, a line of it a line, as `aligned`; `letters` maps written names to their LaTeX."""
    rows = []
    for line in alt.split("\n"):
        formula, *notes = line.split(TAIL, maxsplit=1)
        reader = Reader(formula, letters)
        left = "" if reader.peek() in RELATIONS else reader.sum()
        row = left
        while reader.peek():
            relation = RELATIONS.get(reader.take())
            if relation is None:
                raise Unlinear(f"no relation in {formula!r} at {reader.rest()}")
            row += f" {'&' if '&' not in row else ''}{relation} {reader.result()}"
        if notes:
            row += f" && {_note(notes[0], letters)}"
        rows.append(row.strip())
    return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def inline(alt: str, letters: Mapping[str, str]) -> str:
    """A formula inside a line, or a sign that the line is about."""
    if alt in ALONE:
        return ALONE[alt]
    reader = Reader(alt, letters)
    text = reader.sum()
    while reader.peek():
        relation = RELATIONS.get(reader.take())
        if relation is None:
            raise Unlinear(f"no relation in {alt!r} at {reader.rest()}")
        text += f" {relation} {reader.sum()}"
    return text


def _note(note: str, letters: Mapping[str, str]) -> str:
    """`① since z₁ = 2 > 0; w₂ with more digits …`: the number, then words with their formulae, or words alone."""
    text = ""
    number = re.match(r"([①-⑳㉑-㊿]|\(\d+\))\s*", note)
    if number:
        text = rf"\text{{{number[1]}}}"
        note = note[number.end() :]
    if not note:
        return text
    gap = r"\;\;" if text else ""
    return text + gap + r"\text{; }".join(_said(words, letters) for words in note.split("; "))


def _said(words: str, letters: Mapping[str, str]) -> str:
    """One statement of a note."""
    if words.endswith(MORE_DIGITS):
        return rf"{_listed(words.removesuffix(MORE_DIGITS), ', ', letters)}\text{{{MORE_DIGITS}}}"
    for head, between in LISTS:
        if words.startswith(head):
            return rf"\text{{{head}}}{_listed(words.removeprefix(head), between, letters)}"
    return rf"\text{{{words}}}"


def _listed(text: str, between: str, letters: Mapping[str, str]) -> str:
    return rf"\text{{{between}}}".join(inline(part, letters) for part in text.split(between))


class Reader:
    """Sums of products of powers, as the text dialect writes them."""

    def __init__(self, text: str, letters: Mapping[str, str]) -> None:
        names = "|".join(re.escape(name) for name in sorted(letters, key=len, reverse=True))
        known = f"{names}|" if names else ""
        pattern = (
            rf"d[A-Za-z]?/d[A-Za-z]|{known}{PLACES}|∂ℓ?/∂[A-Za-z]|\d+(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|\.\d+|log[₀-₉]+|exp|"
            r"[A-Za-z]{2,}|[⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹]+|ᵀ|⟨[^⟩]*⟩|\[ | \]| · |\S"
        )
        self.tokens = re.findall(pattern, text)
        self.letters, self.at, self.text = letters, 0, text

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def rest(self) -> str:
        return " ".join(self.tokens[self.at :])

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            raise Unlinear(f"{expected or 'something'} expected in {self.text!r} at {self.rest()!r}")
        self.at += 1
        return token

    def result(self) -> str:
        """A right side, perhaps the asked value in its brackets."""
        if self.peek() != "[ ":
            return self.sum()
        self.take()
        inner = self.sum()
        self.take(" ]")
        return rf"\boxed{{{inner}}}"

    def sum(self) -> str:
        text = ""
        if self.peek() == "−":
            self.take()
            text = "-"
        text += self.product()
        while self.peek() in ("+", "−"):
            text += " + " if self.take() == "+" else " - "
            text += self.product()
        return text

    def product(self) -> str:
        text = self.quotient()
        while self.peek() in SIGNS:
            text += f"{SIGNS[self.take()]}{self.quotient()}"
        if self.peek().startswith("⟨"):  # the brace of a whole path, over all of its factors
            name = self.take()[1:-1].removeprefix("through ")
            text = rf"\underbrace{{{text}}}_{{\text{{through }}{self.letters.get(name, name)}}}"
        return text

    def quotient(self) -> str:
        text = self.power()
        while self.peek() == "/":
            self.take()
            text = rf"\frac{{{_bare(text)}}}{{{_bare(self.power())}}}"
        return text

    def power(self) -> str:
        text = self.base()
        while True:
            token = self.peek()
            if token and all(sign in SUPERSCRIPTS for sign in token):
                exponent = "".join(SUPERSCRIPTS[sign] for sign in self.take())
                text = f"{text}^{{{exponent}}}"
            elif token == "ᵀ":
                self.take()
                text = rf"{text}^{{\top}}"
            elif re.fullmatch(PLACES, token):
                text = rf"\left{text[:-1]}\right)_{{{self.take()[1:-1]}}}"
            elif token == "^":
                self.take()
                self.take("(")
                text = f"{text}^{{{self.sum()}}}"
                self.take(")")
            elif re.fullmatch("[①-⑳㉑-㊿]", token):
                text = rf"\underbrace{{{text}}}_{{\text{{{self.take()}}}}}"
            else:
                return text

    def base(self) -> str:
        token = self.take()
        if token in self.letters:
            return self.letters[token]
        if re.fullmatch("[d∂][A-Za-zℓ]?/[d∂][A-Za-z]", token):
            over, under = token.split("/")
            sign = r"\mathrm{d}" if token[0] == "d" else r"\partial "
            return rf"\frac{{{sign}{CALLS.get(over[1:], over[1:])}}}{{{sign}{under[1:]}}}"
        if token == "(":
            inner = self.sum()
            self.take(")")
            return f"({inner})"
        if token in ("[", "[ "):
            return self.bracket()
        if token == "1" and self.peek() == "[":
            return rf"\mathbb{{1}}_{{[{self.condition()}]}}"
        if token == "{":
            return self.cases()
        if token in ("|", "‖"):
            inner = self.sum()
            self.take(token)
            return rf"\left|{inner}\right|" if token == "|" else rf"\left\lVert {inner}\right\rVert"
        if token == "√":
            return rf"\sqrt{{{_bare(self.base())}}}"
        if token == "exp":
            return f"e^{{{_bare(self.base())}}}"
        if token.startswith("log"):
            base = "".join(chr(ord(sign) - ord("₀") + ord("0")) for sign in token[3:])
            return rf"\log_{{{base}}}{self.base()}"
        if token in CALLS and self.peek() not in ("(", "′"):
            return CALLS[token]
        if token in CALLS or (re.fullmatch("[A-Za-z]{2,}", token) and self.peek() in ("(", "′")):
            return self.call(CALLS.get(token, rf"\mathrm{{{token}}}"))
        if token[0].isdigit() or token[0] == ".":
            mantissa, _, exponent = token.partition("·10")
            power = "".join(SUPERSCRIPTS[sign] for sign in exponent)
            return rf"{mantissa}\cdot 10^{{{power}}}" if exponent else token
        if token in GREEK:
            return GREEK[token]
        if re.fullmatch("[A-Za-z]", token):
            return token
        raise Unlinear(f"{token!r} in {self.text!r}")

    def call(self, name: str) -> str:
        primes = 0
        while self.peek() == "′":
            self.take()
            primes += 1
        self.take("(")
        arguments = [self.sum()]
        while self.peek() == ",":
            self.take()
            arguments.append(self.sum())
        self.take(")")
        return name + "'" * primes + "(" + r",\, ".join(arguments) + ")"

    def bracket(self) -> str:
        """A matrix, or a sum in square brackets."""
        rows = [[self.sum()]]
        while self.peek() in (",", ";"):
            if self.take() == ";":
                rows.append([])
            rows[-1].append(self.sum())
        self.take("]")
        if len(rows) == len(rows[0]) == 1:
            return rf"\left[{rows[0][0]}\right]"
        return r"\begin{bmatrix}" + r" \\ ".join(" & ".join(row) for row in rows) + r"\end{bmatrix}"

    def condition(self) -> str:
        self.take("[")
        text = f"{self.sum()} {RELATIONS[self.take()]} {self.sum()}"
        self.take("]")
        return text

    def cases(self) -> str:
        lines = []
        while True:
            value = self.sum()
            word = self.take()
            if word == "otherwise":
                lines.append(rf"{value} & \text{{otherwise}}")
            else:
                left = self.sum()
                relation = RELATIONS[self.take()]
                lines.append(rf"{value} & \text{{if }} {left} {relation} {self.sum()}")
            if self.take() == "}":
                return r"\begin{cases}" + r" \\ ".join(lines) + r"\end{cases}"


def _bare(text: str) -> str:
    """Without the brackets around all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0 and at < len(text) - 1:
            return text
    return text[1:-1]
