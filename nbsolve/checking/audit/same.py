"""Whether two formulae of LaTeX are drawn alike: one spelling for each thing that can be spelt in several ways."""

from __future__ import annotations

import re

from nbsolve.checking.audit.latex import LENGTH, SPACING, Unreadable

COMMAND = re.compile(r"\\[A-Za-z]+\*?|\\.|.", re.DOTALL)
ALIKE = {
    r"\leq": r"\le", r"\geq": r"\ge", r"\neq": r"\ne", r"\gets": r"\leftarrow", r"\lvert": "|", r"\rvert": "|",
    r"\vert": "|", r"\Vert": r"\|",
    r"\lVert": r"\|", r"\rVert": r"\|", r"\lbrace": r"\{", r"\rbrace": r"\}", r"\prime": "'", "·": r"\cdot",
    r"\rightarrow": r"\to", r"\ldots": r"\dots", r"\mid": "|", r"\tfrac": r"\frac", r"\dfrac": r"\frac",
    r"\operatorname": r"\mathrm", r"\textrm": r"\text", "−": "-", r"\T": r"\top",
}  # fmt: skip
STYLES = {
    r"\mathbb",
    r"\mathbf",
    r"\boldsymbol",
    r"\mathit",
    r"\mathcal",
    r"\hat",
    r"\bar",
    r"\tilde",
    r"\vec",
}
ARGUMENTS = {r"\frac": 2} | dict.fromkeys({r"\sqrt", r"\boxed", r"\underbrace", *STYLES}, 1)
IGNORED = SPACING | {r"\!", r"\quad", r"\qquad", r"\nonumber", r"\big", r"\middle", "~"}


def spelt(latex: str) -> tuple[str, ...]:
    """The formula in one spelling; equal for two that are drawn alike but for spaces and the size of brackets."""
    reader = _Reader(LENGTH.sub("", latex))
    found = reader.row(())
    if reader.at < len(reader.texts):
        raise Unreadable(f"{reader.texts[reader.at]} closes nothing in {latex}")
    return tuple(found)


class _Reader:
    def __init__(self, latex: str) -> None:
        self.texts = COMMAND.findall(latex)
        self.at = 0

    def row(self, ends: tuple[str, ...]) -> list[str]:
        """Everything up to one of `ends`; digits side by side are one number."""
        out: list[str] = []
        scripts: dict[str, list[str]] = {}
        joint = False
        while self.at < len(self.texts) and (text := self.texts[self.at]) not in ends:
            self.at += 1
            text = ALIKE.get(text, text)
            if text in "_^" or (text == "'" and out):
                scripts.setdefault("^" if text == "'" else text, []).extend(
                    ["'"] if text == "'" else self.argument()
                )
                continue
            for sign in sorted(scripts, reverse=True):
                out += [sign, "{", *scripts.pop(sign), "}"]
                joint = False
            if text in IGNORED or text.isspace():
                joint = False
                continue
            if text == "}":
                raise Unreadable("a brace closes that was never opened")
            if (text.isdigit() or text == ".") and joint:
                out[-1] += text
                continue
            out += self.group() if text == "{" else self.one(text)
            joint = text.isdigit() or text == "."
        for sign in sorted(scripts, reverse=True):
            out += [sign, "{", *scripts.pop(sign), "}"]
        return out

    def one(self, text: str) -> list[str]:
        """A sign, or a command with what it is about."""
        if text in (r"\text", r"\mathrm"):
            words = "".join(self.words())
            if text == r"\text":
                return [text, "{", " ".join(words.split()), "}"] if words.strip() else []
            return [words if len(words) > 1 else rf"\mathrm{{{words}}}"]
        if text in (r"\begin", r"\end"):
            return [text, "".join(self.words())]
        if text in ARGUMENTS:
            found = [text]
            for _ in range(ARGUMENTS[text]):
                found += ["{", *self.argument(), "}"]
            return found
        return [text.removeprefix("\\")] if re.fullmatch(r"\\[a-z]{2,}", text) else [text]

    def group(self) -> list[str]:
        found = self.row(("}",))
        self.at += 1
        return found

    def argument(self) -> list[str]:
        """What a script or a fraction takes: a group, or the next sign alone."""
        while self.at < len(self.texts) and self.texts[self.at].isspace():
            self.at += 1
        if self.at == len(self.texts):
            raise Unreadable("an argument is missing")
        text = ALIKE.get(self.texts[self.at], self.texts[self.at])
        self.at += 1
        return self.group() if text == "{" else self.one(text)

    def words(self) -> list[str]:
        """The words of a group as they are."""
        out: list[str] = []
        while self.texts[self.at].isspace():
            self.at += 1
        if self.texts[self.at] != "{":
            self.at += 1
            return [self.texts[self.at - 1]]
        self.at += 1
        while self.at < len(self.texts) and self.texts[self.at] != "}":
            out.append(self.texts[self.at])
            self.at += 1
        self.at += 1
        return out
