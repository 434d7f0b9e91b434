r"""LaTeX's commands for signs, accents and alphabets, and how Typst writes them.

Signs are written as themselves (Unicode), not by Typst's names, which change from version to version.
"""

from __future__ import annotations

SIGNS = {
    # Greek; LaTeX's \epsilon and \phi are the lunate ones
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "vartheta": "ϑ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν",
    "xi": "ξ", "pi": "π", "varpi": "ϖ", "rho": "ρ", "varrho": "ϱ", "sigma": "σ", "varsigma": "ς", "tau": "τ",
    "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ",
    "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Upsilon": "Υ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
    # other letters
    "ell": "ℓ", "partial": "∂", "nabla": "∇", "infty": "∞", "emptyset": "∅", "hbar": "ℏ", "Re": "ℜ", "Im": "ℑ",
    "forall": "∀", "exists": "∃", "neg": "¬", "lnot": "¬", "top": "⊤", "bot": "⊥", "angle": "∠", "aleph": "ℵ",
    "prime": "′", "circ": "∘", "bullet": "∙", "star": "⋆", "dagger": "†", "checkmark": "✓",
    # operators
    "cdot": "⋅", "times": "×", "div": "÷", "pm": "±", "mp": "∓", "ast": "∗", "odot": "⊙", "otimes": "⊗",
    "oplus": "⊕", "ominus": "⊖", "wedge": "∧", "land": "∧", "vee": "∨", "lor": "∨", "cap": "∩", "cup": "∪",
    "setminus": "∖", "sum": "∑", "prod": "∏", "int": "∫", "oint": "∮", "bigcup": "⋃", "bigcap": "⋂",
    # relations
    "le": "≤", "leq": "≤", "ge": "≥", "geq": "≥", "ne": "≠", "neq": "≠", "approx": "≈", "equiv": "≡",
    "sim": "∼", "simeq": "≃", "cong": "≅", "propto": "∝", "ll": "≪", "gg": "≫", "in": "∈", "notin": "∉",
    "ni": "∋", "subset": "⊂", "subseteq": "⊆", "supset": "⊃", "supseteq": "⊇", "mid": "∣", "parallel": "∥",
    "perp": "⟂", "to": "→", "rightarrow": "→", "leftarrow": "←", "gets": "←", "leftrightarrow": "↔",
    "Rightarrow": "⇒", "Leftarrow": "⇐", "Leftrightarrow": "⇔", "implies": "⟹", "iff": "⟺", "mapsto": "↦",
    "longrightarrow": "⟶", "uparrow": "↑", "downarrow": "↓",
    # dots and brackets
    "ldots": "…", "dots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "dotsc": "…", "dotsb": "⋯",
    "langle": "⟨", "rangle": "⟩", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈", "rceil": "⌉", "lvert": "|",
    "rvert": "|", "lVert": "‖", "rVert": "‖", "vert": "|", "Vert": "‖", "lbrace": "{", "rbrace": "}",
    "lbrack": "[", "rbrack": "]", "backslash": "∖",
}  # fmt: skip
"""Commands that stand for one sign."""

ESCAPED = {"{": "{", "}": "}", "%": "%", "&": "&", "#": "#", "_": "_", "$": "$", "|": "‖"}
r"""What stands after a backslash for itself (`\|` is a double bar)."""

SPACES = {
    ",": "thin", ":": "med", ";": "thick", " ": "med", "!": "", "quad": "quad", "qquad": "wide", "enspace": "quad",
    "thinspace": "thin", "medspace": "med", "thickspace": "thick", ">": "med", "~": "med",
}  # fmt: skip
r"""Spaces; the negative `\!` is left out: it is a correction that Typst does by itself."""

FUNCTIONS = frozenset(
    [
        "exp",
        "ln",
        "log",
        "lg",
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "coth",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "det",
        "dim",
        "ker",
        "deg",
        "gcd",
        "arg",
        "hom",
    ]
)
LIMITS = frozenset(["max", "min", "sup", "inf", "lim", "limsup", "liminf", "Pr", "argmax", "argmin"])
"""Functions with a roman name; those of `LIMITS` carry their subscript below."""

ACCENTS = {
    "hat": ("hat", "\u0302"), "widehat": ("hat", "\u0302"), "bar": ("macron", "\u0304"),
    "tilde": ("tilde", "\u0303"), "widetilde": ("tilde", "\u0303"), "dot": ("dot", "\u0307"),
    "ddot": ("dot.double", "\u0308"), "vec": ("arrow", "\u20d7"), "check": ("caron", "\u030c"),
    "breve": ("breve", "\u0306"), "acute": ("acute", "\u0301"), "grave": ("grave", "\u0300"),
}  # fmt: skip
"""Accents: Typst's name, and the combining sign of the linear form."""

ALPHABETS = {
    "mathrm": "upright", "mathbf": "upright(bold", "boldsymbol": "bold", "bm": "bold", "mathit": "italic",
    "mathcal": "cal", "mathscr": "scr", "mathbb": "bb", "mathfrak": "frak", "mathsf": "sans",
    "mathtt": "mono", "operatorname": "op",
}  # fmt: skip
"""Alphabets: the Typst function that sets its argument in them."""

TEXTS = frozenset({"text", "textrm", "textnormal", "mbox", "textit", "textbf", "textsf", "texttt", "mathop"})
"""Commands whose argument is words."""

BRACKETS = {
    "(": "paren.l", ")": "paren.r", "[": "bracket.l", "]": "bracket.r", "{": "brace.l", "}": "brace.r",
    "|": "bar.v", "‖": "bar.v.double", "⟨": "chevron.l", "⟩": "chevron.r", "⌊": "floor.l", "⌋": "floor.r",
    "⌈": "ceil.l", "⌉": "ceil.r",
}  # fmt: skip
"""Brackets by name: written as signs they would look for partners of their own."""
