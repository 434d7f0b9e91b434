r"""The mathematics that authors write in $…$ as Unicode text for terminals: `\sigma'(z)=a_1` as σ′(z) = a₁."""

from __future__ import annotations

import re
import unicodedata
from functools import partial

_SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ",
    "sigma": "σ", "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ",
    "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ",
    "partial": "∂", "nabla": "∇", "sum": "Σ", "prod": "Π", "infty": "∞", "cdot": " · ", "cdots": "…", "dots": "…",
    "ldots": "…", "times": "×", "odot": "⊙", "otimes": "⊗", "pm": "±", "le": " ≤ ", "leq": " ≤ ", "ge": " ≥ ",
    "geq": " ≥ ", "ne": " ≠ ", "neq": " ≠ ", "approx": " ≈ ", "in": " ∈ ", "to": " → ", "leftarrow": " ← ",
    "rightarrow": " → ", "lVert": "‖", "rVert": "‖", "lvert": "|", "rvert": "|", "top": "T", "prime": "′",
    "left": "", "right": "", "quad": " ", "qquad": " ", "min": "min", "max": "max",
}  # fmt: skip
_ACCENTS = {"hat": "\u0302", "tilde": "\u0303", "bar": "\u0304"}
_STYLES = ("mathrm", "mathbf", "mathit", "mathsf", "boldsymbol", "operatorname", "text")
_SUPERSCRIPTS = str.maketrans("0123456789+-−()Tn′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ᵀⁿ′")
_SUBSCRIPTS = str.maketrans("0123456789+-−()ijkmn", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎ᵢⱼₖₘₙ")
_GROUP = r"(?:\{((?:[^{}]|\{[^{}]*\})*)\}|(\\[A-Za-z]+|[^\\{}\s]))"
_UP, _DOWN = "\ue000", "\ue001"
"""Scripts that are written out already, so that they are not read a second time."""
_BAR, _NAME, _END = "\ue002", "\ue003", "\ue004"
"""Where a fraction ends, where the name of a function begins and ends."""
_SPACED = re.compile(r"\s*([=<>≤≥≠≈←])\s*")


def plain_math(latex: str) -> str:
    """The formula in one line of text; what is not known keeps its name."""
    text = _plain(latex).replace(_UP, "^").replace(_DOWN, "_")
    text = re.sub(rf"{_BAR}(?=[\w∂(])", "·", text).replace(_BAR, "")
    text = re.sub(rf"(?<=[\w)]){_NAME}", " ", text).replace(_NAME, "")
    return re.sub(rf"{_END}(?=\w)", " ", text).replace(_END, "")


def _plain(latex: str) -> str:
    text = re.sub(r"\\[,!]", "", latex)
    text = re.sub(r"\\[;: ]", " ", text)
    text = re.sub(rf"\\[td]?frac\s*{_GROUP}\s*{_GROUP}", _fraction, text)
    text = re.sub(rf"\\sqrt\s*{_GROUP}", lambda m: f"√{_operand(_inside(m, 1))}", text)
    for name, accent in _ACCENTS.items():
        text = re.sub(rf"\\{name}\s*{_GROUP}", partial(_accented, accent=accent), text)
    # the braces stay until the end: they keep a letter apart from the command before it
    text = re.sub(rf"\\(?:{'|'.join(_STYLES)})\s*{_GROUP}", lambda m: f"{{{_inside(m, 1)}}}", text)
    text = re.sub(rf"\^{_GROUP}", lambda m: _script(_plain(_inside(m, 1)), _SUPERSCRIPTS, _UP), text)
    text = re.sub(rf"_{_GROUP}", lambda m: _script(_plain(_inside(m, 1)), _SUBSCRIPTS, _DOWN), text)
    text = re.sub(r"\\([A-Za-z]+)\s*", _command, text)
    text = text.replace("\\", "").replace("{", "").replace("}", "").replace("'", "′").replace("-", "−")
    return " ".join(_SPACED.sub(r" \1 ", text).split())


def _inside(match: re.Match[str], first: int) -> str:
    """What stands in the braces, or the one sign or command without them."""
    return match[first] if match[first] is not None else match[first + 1]


def _fraction(match: re.Match[str]) -> str:
    return f"{_operand(_inside(match, 1))}/{_operand(_inside(match, 3))}{_BAR}"


def _operand(latex: str) -> str:
    """In parentheses where a bar would have held it together."""
    text = _plain(latex)
    return f"({text})" if re.search(r"[ +−·/(]|..\(", text[1:]) else text


def _command(match: re.Match[str]) -> str:
    """A sign, or the name of a function, which needs room beside letters."""
    return _SIGNS.get(match[1], f"{_NAME}{match[1]}{_END}")


def _accented(match: re.Match[str], accent: str) -> str:
    text = _plain(_inside(match, 1))
    return unicodedata.normalize("NFC", text + accent) if len(text) == 1 else text


def _script(text: str, signs: dict[int, int], mark: str) -> str:
    if all(ord(sign) in signs or ord(sign) in signs.values() for sign in text):
        return text.translate(signs)
    return f"{mark}{text}" if len(text) == 1 or text.startswith("(") else f"{mark}({text})"
