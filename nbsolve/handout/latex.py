r"""A handout as one self-contained LaTeX file, for people who want to edit it.

It compiles with pdflatex, xelatex and lualatex and needs what Debian has in texlive-latex-recommended and
texlive-pictures; drawings are TikZ, so that no file stands beside it.
"""

from __future__ import annotations

import re

from nbsolve.handout.course import CourseData
from nbsolve.handout.typesetting import Sheet
from nbsolve.phrases import phrase
from nbsolve.render.latex import escaped

__all__ = ["as_latex"]

_PREAMBLE = r"""% Compile with pdflatex, xelatex or lualatex.
\documentclass[10pt,@paper@]{article}
\usepackage{iftex}
\ifPDFTeX\usepackage[utf8]{inputenc}\IfFileExists{lmodern.sty}{\usepackage[T1]{fontenc}\usepackage{lmodern}}{}\fi
\usepackage{amsmath,amssymb,longtable,tikz,newunicodechar}
@packages@
\usepackage[margin=21mm]{geometry}
\usepackage[hidelinks,pdftitle={@title@}]{hyperref}
\providecommand{\textsubscript}[1]{\ensuremath{_{\text{#1}}}}
\newunicodechar{−}{\ensuremath{-}}
\newunicodechar{→}{\ensuremath{\to}}
\newunicodechar{≈}{\ensuremath{\approx}}
\newunicodechar{≤}{\ensuremath{\le}}
\newunicodechar{≥}{\ensuremath{\ge}}
\newunicodechar{≠}{\ensuremath{\neq}}
\newunicodechar{∂}{\ensuremath{\partial}}
\newunicodechar{∞}{\ensuremath{\infty}}
\newunicodechar{∑}{\ensuremath{\sum}}
\newunicodechar{·}{\ensuremath{\cdot}}
\newunicodechar{×}{\ensuremath{\times}}
\newunicodechar{′}{\ensuremath{'}}
\newunicodechar{⋮}{\ensuremath{\vdots}}
\newunicodechar{⋯}{\ensuremath{\cdots}}
\newunicodechar{±}{\ensuremath{\pm}}
@letters@
@circles@
\setlength{\parindent}{0pt}\setlength{\parskip}{6pt plus 2pt}
\raggedbottom
% displayed mathematics: set smaller where it is wider than the text
\newsavebox{\fitbox}
\newenvironment{fitted}{\begin{lrbox}{\fitbox}$\displaystyle}{$\end{lrbox}%
  \par\addvspace{6pt}\noindent\hspace*{1.4em}%
  \ifdim\wd\fitbox>\dimexpr\linewidth-1.4em\relax\resizebox{\dimexpr\linewidth-1.4em}{!}{\usebox{\fitbox}}%
  \else\usebox{\fitbox}\fi\par\addvspace{6pt}}
% ruled room for an answer
\newcount\answerline
\newcommand{\answerlines}[1]{\par\answerline=0
  \loop\ifnum\answerline<#1 \advance\answerline by 1
  \vspace{8.5mm minus 0mm}\noindent\textcolor{gray}{\rule{\linewidth}{0.4pt}}\par\repeat\bigskip}
\begin{document}
"""
_PACKAGES = {
    "mathtools": r"\\coloneqq|\\eqqcolon|\\begin\{rcases\}",
    "multicol": r"\\begin\{multicols\}",
    "mathrsfs": r"\\mathscr",
    "cancel": r"\\[bx]?cancel",
    "arydshln": r"\\hdashline|\\begin\{array\}\{[^}]*:",
}
_MEANINGS = {"lt": "<", "gt": ">", "degree": r"^\circ", "omicron": "o"}
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon", "η": "eta",
    "θ": "theta", "κ": "kappa", "λ": "lambda", "μ": "mu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "φ": "varphi", "ϕ": "phi", "ψ": "psi", "ω": "omega", "Δ": "Delta", "Φ": "Phi", "Ω": "Omega", "ℓ": "ell",
}  # fmt: skip
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾ⁿᵀ", "0123456789-()nT", strict=True))
_LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₘₙₒ", "0123456789ijkmno", strict=True))
_TABULAR = re.compile(r"\\begin\{tabular\}(\{[^}]*\})(.*?)\\end\{tabular\}", re.DOTALL)
_DISPLAY = re.compile(r"\\\[\n(.*?)\n\\\]", re.DOTALL)


def as_latex(sheet: Sheet) -> str:
    """The sheet as a LaTeX document."""
    greek = "\n".join(
        rf"\newunicodechar{{{sign}}}{{\ensuremath{{\{name}}}}}" for sign, name in _GREEK.items()
    )
    for table, command in ((_RAISED, "textsuperscript"), (_LOWERED, "textsubscript")):
        greek += "".join(
            f"\n\\newunicodechar{{{sign}}}{{\\{command}{{{plain}}}}}" for sign, plain in table.items()
        )
    circles = "\n".join(
        rf"\newunicodechar{{{chr(0x2460 + n)}}}{{\textcircled{{\tiny {n + 1}}}}}" for n in range(20)
    )
    preamble = _PREAMBLE
    filled = {"paper": sheet.paper.latex, "title": escaped(sheet.title), "letters": greek, "circles": circles}
    for name, text in filled.items():
        preamble = preamble.replace(f"@{name}@", text)
    pieces: list[str] = []
    for latex in (_fitting(piece.latex()) for piece in sheet.pieces):
        # a formula stays with the words that lead to it; between two formulae a page may end
        leads = latex.startswith("\\begin{fitted}") and pieces and not pieces[-1].endswith("\\end{fitted}\n")
        pieces.append(("\\nopagebreak[4]\n" if leads else "") + latex)
    body = "\n".join(pieces)
    preamble = preamble.replace("@packages@", _packages(body))
    return f"{preamble}{_front(sheet)}\n{body}\n\\end{{document}}\n"


def _packages(body: str) -> str:
    """The LaTeX packages that an author's formulae need beyond amsmath."""
    named = [f"\\usepackage{{{name}}}" for name, commands in _PACKAGES.items() if re.search(commands, body)]
    defined = [
        rf"\providecommand{{\{name}}}{{{meaning}}}"
        for name, meaning in _MEANINGS.items()
        if f"\\{name}" in body
    ]
    return "\n".join([*named, *defined])


def _fitting(latex: str) -> str:
    """Tables that may continue on the next page, and formulae that are set smaller where the line ends."""
    latex = _TABULAR.sub(r"\\begin{longtable}[l]\1\2\\end{longtable}", latex)
    return _DISPLAY.sub(lambda found: f"\\begin{{fitted}}\n{found[1]}\n\\end{{fitted}}", latex)


def _front(sheet: Sheet) -> str:
    course = sheet.course
    lines = [*_course(course), rf"{{\LARGE\bfseries {escaped(sheet.title)}\par}}"]
    if sheet.kind:
        lines.append(rf"{{\large {escaped(sheet.kind)}\par}}")
    hand = r"\hrulefill"
    lines += [rf"\bigskip {escaped(name)}: {escaped(value) or hand}\par" for name, value in sheet.fields]
    if sheet.front is not None:  # a collection
        contents = escaped(phrase("handout.contents"))
        lines.append(
            rf"\renewcommand{{\contentsname}}{{{contents}}}\tableofcontents\clearpage\pagestyle{{myheadings}}"
        )
    return "\n".join(lines) + "\n\\bigskip\n"


def _course(course: CourseData) -> list[str]:
    left = ", ".join(part for part in (course.institution, course.name) if part)
    right = ", ".join(part for part in (course.term, course.date) if part)
    return [rf"{escaped(left)}\hfill {escaped(right)}\par\smallskip\hrule\bigskip"] if left or right else []
