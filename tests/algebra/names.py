"""Names as people write them in a file, as the letters that are printed."""

from __future__ import annotations

import re

from tests.algebra.scanning import Unreadable, scan
from tests.algebra.tree import Letter

GREEK = ("alpha", "beta", "gamma", "delta", "eta", "theta", "lambda", "mu", "sigma", "omega")


def letter_of(text: str) -> Letter:
    """A name as somebody wrote it, as the letter that is printed."""
    tokens = [token.text for token in scan(text)]
    core, at = _core(text, tokens)
    scripts = {"_": "", "^": ""}
    while at < len(tokens):
        sign = tokens[at]
        if sign not in scripts or scripts[sign]:
            raise Unreadable(f"the name {text}")
        at += 1
        if tokens[at] == "{":
            end = at + 1
            depth = 1
            while depth:
                depth += (tokens[end] == "{") - (tokens[end] == "}")
                end += 1
            scripts[sign] = "".join(tokens[at + 1 : end - 1])
            at = end
        else:
            scripts[sign] = tokens[at]
            at += 1
    sub = scripts["_"]
    if "\\" not in sub:
        sub = re.sub("[A-Za-z]{3,}", lambda word: rf"\text{{{word[0]}}}", sub)
    return Letter(core, sub, scripts["^"])


def _core(text: str, tokens: list[str]) -> tuple[str, int]:
    word = re.match("[A-Za-z]+", text)
    if word is not None and len(word[0]) > 1:
        core = f"\\{word[0]}" if word[0] in GREEK else rf"\mathrm{{{word[0]}}}"
        return core, len(word[0])
    if tokens[0] in (r"\hat", r"\widehat", r"\bar", r"\tilde", r"\mathrm", r"\mathit", r"\text", r"\mathbf"):
        if tokens[1] != "{":
            return f"{tokens[0]}{{{tokens[1]}}}", 2
        end = tokens.index("}")
        return f"{tokens[0]}{{{''.join(tokens[2:end])}}}", end + 1
    return tokens[0], 1
