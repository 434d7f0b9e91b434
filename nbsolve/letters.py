r"""Written names: a letter with its subscript and superscript, taken apart and put together again.

`w_{11}^{(1)}` after an update is `w_{11}^{(1)\,\text{new}}`, never a name with two superscripts: names are
kept as core, subscript and superscript, and anything added goes into one of the three.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from nbsolve.authored.reading import read
from nbsolve.authored.spelling import BrokenMathematics

__all__ = ["Name", "letter_name", "own_name", "squeeze", "strip_markup", "strip_signs"]

_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π",
    "rho": "ρ", "sigma": "σ", "tau": "τ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω", "ell": "ℓ", "partial": "∂", "langle": "⟨", "rangle": "⟩",
}  # fmt: skip
_FROM_GREEK = {sign: name for name, sign in _GREEK.items()}
_ACCENTS = {
    "hat": "\u0302",
    "widehat": "\u0302",
    "bar": "\u0304",
    "tilde": "\u0303",
    "dot": "\u0307",
    "vec": "\u20d7",
}
_STYLES = r"mathit|mathrm|mathbf|boldsymbol|text|mathsf|operatorname|mathcal|mathbb|textit|textrm|bm"
_SUB = dict(zip("0123456789aehijklmnoprstuvx+-=(),", "₀₁₂₃₄₅₆₇₈₉ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ₊₋₌₍₎,", strict=True))
_SUP = dict(zip("0123456789+-=()newiT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿᵉʷⁱᵀ", strict=True))
_FROM_SUB = {sign: letter for letter, sign in _SUB.items() if sign != letter}
_FROM_SUP = {sign: letter for letter, sign in _SUP.items()}


@dataclass(frozen=True, slots=True)
class Name:
    """A written name in three parts, each LaTeX without its outer braces."""

    core: str
    sub: str = ""
    sup: str = ""

    @classmethod
    def read(cls, text: str) -> Name:
        r"""Take `\hat O_1`, `w_{11}^{(1)}`, `net_{h1}` or `E_{total}` apart.

        Words are set upright (`\mathrm{net}`, `\text{total}`), lest they read as products; Greek letters written as
        words or signs their command.

        Raises ValueError for unbalanced braces, characters that would end the formula, commands that are not
        mathematics.
        """
        text = text.strip()
        if not text or re.search(r"[$%&#`<>\n~]", text) or text.endswith("\\"):
            raise ValueError(f"not a name that can stand in a formula: {text!r}")
        if "\\" in text:
            _refuse_commands(text)
        core, scripts = _split(text)
        sub = sup = ""
        for sign, argument in scripts:
            if sign == "_" and not sub:
                sub = _words(argument)
            elif sign == "^" and (not sup or argument == r"\prime"):
                sup = sup + argument
            else:  # e.g. x_1_2: no single subscript to add to
                return cls("{" + text + "}")
        return cls(_core(core), sub, sup)

    def with_sub(self, index: str) -> Name:
        """The name with one more subscript, after a comma where there is one already."""
        return replace(self, sub=f"{self.sub},{index}" if self.sub else index)

    def with_sup(self, mark: str, gap: str = "") -> Name:
        """The name with one more superscript after those it has."""
        return replace(self, sup=f"{self.sup}{gap}{mark}" if self.sup else mark)

    def latex(self) -> str:
        """LaTeX: core, then subscript, then superscript."""
        return self.core + _script("_", self.sub) + _script("^", self.sup)

    def signs(self) -> tuple[str, str, str]:
        """Core, subscript and superscript as Unicode text, for a drawing to set."""
        return _sign(self.core), _sign(self.sub), _sign(self.sup)

    def plain(self) -> str:
        """Unicode for a terminal: w₃, ŷ₁, w₁₁⁽¹⁾; where Unicode lacks a sign, w_{b} and w^{c}."""
        return _sign(self.core) + plain_script("_", self.sub) + plain_script("^", self.sup)


def _refuse_commands(text: str) -> None:
    r"""Raise ValueError where a name has commands that are not mathematics (`\href`, `\input`)."""
    try:
        read(text)
    except BrokenMathematics as error:
        raise ValueError(f"the name {text!r} cannot be shown: {error.why}") from None


def letter_name(word: str) -> Name:
    """A quantity's name as a letter: beta is β, beta2 and beta_2 are β₂, x_out has a subscript, y_hat an accent."""
    first, *scripts = [part for part in word.split("_") if part]
    numbered = re.fullmatch(r"([A-Za-z]+)([0-9]+)", first)
    letters, digits = numbered.groups() if numbered else (first, "")
    accent = scripts.pop(0) if scripts and scripts[0] in _ACCENTS and len(letters) == 1 else ""
    name = Name.read(letters)
    if accent:
        name = replace(name, core=rf"\{accent}{{{name.core}}}")
    for script in (digits, *scripts):
        name = name.with_sub(_words(script)) if script else name
    return name


def own_name(name: str) -> Name:
    r"""A function's own name, given in LaTeX: one letter, or a command such as \mathrm{mish}.

    Raises: KeyError for a word, which would be the id of a function that a printer does not know.
    """
    if re.match(r"[A-Za-z]{2}", name):
        raise KeyError(name)
    return Name.read(name)


def strip_markup(text: str) -> str:
    r"""The bare letters of a name: `\hat O_{1}` → `hatO1`, `w_{11}^{(1)}` → `w111`."""
    text = re.sub(rf"\\(?:{_STYLES})(?![A-Za-z])", "", unicodedata.normalize("NFKC", text))
    text = "".join(_FROM_GREEK.get(sign, sign) for sign in text)
    return re.sub(r"\\[,;:! ]|[^0-9A-Za-z]", "", text)


def strip_signs(text: str) -> str:
    """Unicode subscripts and superscripts as scripts: `w₁₁⁽¹⁾` → `w_{11}^{(1)}`."""
    for sign, back in (("_", _FROM_SUB), ("^", _FROM_SUP)):
        runs = re.split(f"([{re.escape(''.join(back))}]+)", text)
        runs[1::2] = [sign + "{" + "".join(back[letter] for letter in run) + "}" for run in runs[1::2]]
        text = "".join(runs)
    return text


def squeeze(text: str) -> str:
    """The bare letters without accents, for what people type: `hat O_1` → `O1`."""
    bare = re.sub(rf"\\?(?:{'|'.join(_ACCENTS)})(?![A-Za-z])", "", text)
    decomposed = unicodedata.normalize("NFD", bare)
    return strip_markup("".join(sign for sign in decomposed if not unicodedata.combining(sign)))


def _split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Core and scripts of a name; ValueError where braces do not match or something follows the scripts."""
    depth, place = 0, 0
    while place < len(text):
        sign = text[place]
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            break
        if depth == 0 and sign in "_^'" and text[place - 1 : place] != "\\":
            break
        place += 1
    core, scripts = text[:place].strip(), []
    while place < len(text):
        if text[place] == "'":
            scripts.append(("^", r"\prime"))
            place += 1
        elif text[place] in "_^":
            argument, end = _argument(text, place + 1)
            scripts.append((text[place], argument))
            place = end
        elif text[place] == " ":
            place += 1
        else:
            raise ValueError(f"cannot read the name {text!r} from {text[place:]!r} on")
    if not core or depth != 0:
        raise ValueError(f"not a name that can stand in a formula: {text!r}")
    return core, scripts


def _argument(text: str, start: int) -> tuple[str, int]:
    match = re.compile(r"\s*(\\[A-Za-z]+|[^{}\s\\])").match(text, start)
    if match:
        return match[1], match.end()
    depth = 0
    start = len(text) - len(text[start:].lstrip())
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return text[start + 1 : place].strip(), place + 1
    raise ValueError(f"unbalanced braces in {text!r}")


def _core(core: str) -> str:
    if core in _FROM_GREEK:
        return "\\" + _FROM_GREEK[core]
    if core in _GREEK:
        return "\\" + core
    return rf"\mathrm{{{core}}}" if re.fullmatch(r"[A-Za-z]{2,}", core) else core


def _words(sub: str) -> str:
    if "\\" in sub:
        return sub
    return re.sub(r"[A-Za-z]{3,}", lambda word: rf"\text{{{word[0]}}}", sub)


def _script(sign: str, argument: str) -> str:
    if not argument:
        return ""
    return sign + (argument if len(argument) == 1 else "{" + argument + "}")


@lru_cache(maxsize=4096)
def plain_script(sign: str, argument: str) -> str:
    """What stands below (`_`) or above (`^`) the line, as Unicode text: ₁₂, ⁽¹⁾, else after its sign."""
    if not argument:
        return ""
    table = _SUB if sign == "_" else _SUP
    argument = re.sub(r"\\langle\s*(\d+)\s*\\rangle", r"⟨\1⟩", argument)
    marks = "".join(re.findall(r"\[\d+\]|⟨\d+⟩", argument))
    text = re.sub(r"\[\d+\]|⟨\d+⟩", "", argument)
    if re.search(r"[\w}]_[\w{]", text):  # an index with an index of its own: s_w₁
        return sign + Name.read(text).plain() + marks
    text = _sign(text).replace(" ", "").replace("′", "'").replace("−", "-")
    if not text:
        return marks
    if text == "'":
        return "′" + marks
    if all(letter in table for letter in text) and not re.search(r"[A-Za-z]{3,}", text.replace("new", "")):
        return "".join(table[letter] for letter in text) + marks
    return (f"{sign}{text}" if re.fullmatch(r"[A-Za-z]+|.", text) else f"{sign}{{{text}}}") + marks


@lru_cache(maxsize=4096)
def _sign(latex: str) -> str:
    """LaTeX letters as Unicode: commands to signs, accents to combining marks, styles dropped."""
    text = re.sub(rf"\\(?:{_STYLES})(?![A-Za-z])\s*", "", latex)
    text = re.sub(r"\\[,;:! ]", "", text).replace(r"\prime", "′")
    text = re.sub(r"\\([A-Za-z]+)", lambda command: _GREEK.get(command[1], command[0]), text)
    for accent, mark in _ACCENTS.items():
        text = re.sub(
            rf"\\{accent}(?![A-Za-z])\s*(?:\{{(.)([^{{}}]*)\}}|(.))", rf"\g<1>\g<3>{mark}\g<2>", text
        )
    return unicodedata.normalize("NFC", text.replace("{", "").replace("}", "").replace("\\", ""))
