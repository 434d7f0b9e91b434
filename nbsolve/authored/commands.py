r"""The LaTeX that authors may write, by name.

Each command is one that three readers agree on: math-core (whose tree every output is written from), MathJax
(which shows today's pages) and LaTeX. What is not listed is refused, as are commands that one of them reads
differently (`\square`, `\triangleleft`, `\nleqslant` …).
"""

from __future__ import annotations

__all__ = ["ALIASES", "COLOURS", "COMMANDS", "ENVIRONMENTS", "ENVIRONMENT_ALIASES", "HINTS", "SHIMS", "WORDS"]

_LETTERS = r"""
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi omicron pi
varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi
Sigma Upsilon Phi Psi Omega varkappa digamma varGamma varDelta varTheta varLambda varXi varPi varSigma
varUpsilon varPhi varPsi varOmega
ell partial nabla infty emptyset varnothing hbar hslash Re Im forall exists nexists neg lnot top bot
angle measuredangle sphericalangle aleph beth gimel daleth prime backprime imath jmath wp eth mho
complement flat natural sharp clubsuit diamondsuit heartsuit spadesuit triangle Box lozenge blacklozenge
bigstar checkmark maltese circledS S yen degree Diamond
"""
_OPERATORS = r"""
cdot times div pm mp ast star circ bullet odot otimes oplus ominus oslash wedge land vee lor cap cup
setminus sqcap sqcup uplus amalg wr dagger ddagger diamond bigcirc bigtriangleup bigtriangledown lhd rhd
unlhd unrhd ltimes rtimes leftthreetimes rightthreetimes boxplus boxminus boxtimes boxdot dotplus Cap
Cup barwedge veebar doublebarwedge curlywedge curlyvee circledast circledcirc circleddash intercal
divideontimes
sum prod coprod int iint iiint oint bigcup bigcap bigvee bigwedge bigoplus bigotimes bigodot bigsqcup
biguplus
"""
_RELATIONS = r"""
le leq ge geq ne neq lt gt approx equiv sim simeq cong propto ll gg lll ggg in notin ni owns subset
subseteq supset supseteq subsetneq supsetneq nsubseteq nsupseteq sqsubset sqsubseteq sqsupset sqsupseteq
mid nmid parallel nparallel perp models vdash dashv vDash Vdash Vvdash nvdash nvDash prec succ preceq
succeq preccurlyeq succcurlyeq precsim succsim nprec nsucc doteq doteqdot asymp bowtie smile frown
leqslant geqslant leqq geqq nleq ngeq nless ngtr lneq gneq lneqq gneqq lessgtr gtrless lesssim gtrsim
lessapprox gtrapprox ncong nsim approxeq backsim backsimeq bumpeq Bumpeq circeq eqcirc triangleq
coloneqq eqqcolon therefore because between pitchfork trianglelefteq trianglerighteq vartriangleleft
vartriangleright ntriangleleft ntriangleright risingdotseq fallingdotseq eqsim lessdot gtrdot Subset
Supset
to rightarrow leftarrow gets leftrightarrow Rightarrow Leftarrow Leftrightarrow implies impliedby iff
mapsto longmapsto longrightarrow longleftarrow longleftrightarrow Longrightarrow Longleftarrow
Longleftrightarrow uparrow downarrow updownarrow Uparrow Downarrow Updownarrow nearrow searrow nwarrow
swarrow hookrightarrow hookleftarrow rightharpoonup rightharpoondown leftharpoonup leftharpoondown
rightleftharpoons leftrightharpoons rightsquigarrow leadsto twoheadrightarrow twoheadleftarrow
rightarrowtail leftarrowtail rightrightarrows leftleftarrows leftrightarrows rightleftarrows upuparrows
downdownarrows circlearrowleft circlearrowright curvearrowleft curvearrowright nrightarrow nleftarrow
nRightarrow nLeftarrow nleftrightarrow nLeftrightarrow looparrowright looparrowleft Lsh Rsh multimap
dashrightarrow dashleftarrow upharpoonright upharpoonleft downharpoonright downharpoonleft Rrightarrow
Lleftarrow
"""
_SIGNS = r"""
ldots cdots vdots ddots dots
langle rangle lfloor rfloor lceil rceil lvert rvert lVert rVert vert Vert lbrace rbrace lbrack rbrack
lgroup rgroup ulcorner urcorner llcorner lrcorner colon ldotp backslash
exp ln log lg sin cos tan cot sinh cosh tanh coth sec csc arcsin arccos arctan det dim ker deg gcd arg
hom max min sup inf lim limsup liminf Pr injlim projlim
, : ; > ! quad qquad enspace thinspace negthinspace nobreakspace space
{ } % & # _ $ |
"""
_STRUCTURES = r"""
frac dfrac tfrac cfrac binom dbinom tbinom sqrt over choose
left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm biggm Biggm
hat widehat bar tilde widetilde vec dot ddot dddot check breve acute grave mathring
overline underline overrightarrow overleftarrow overbrace underbrace overset underset stackrel
xrightarrow xleftarrow
mathbf mathrm mathit mathcal mathscr mathbb mathfrak mathsf mathtt boldsymbol
bf rm it cal sf tt
operatorname operatorname* limits nolimits
displaystyle textstyle scriptstyle scriptscriptstyle
color textcolor boxed fbox cancel bcancel xcancel phantom hphantom vphantom
hspace mspace kern mkern not pmod bmod mod mathrel mathbin mathord
begin end hline hdashline
"""

_WORDS = "text textrm textbf textit texttt textsf mbox hbox textnormal textup"
WORDS = frozenset(_WORDS.split())
"""Commands whose argument is words, with mathematics in dollar signs."""

_COLOURS = """
black blue brown cyan darkgray gray green lightgray lime magenta olive orange pink purple red teal violet white
yellow
"""
COLOURS = frozenset(_COLOURS.split())
"""Colours by name."""

ALIASES = {
    "bm": r"\boldsymbol",
    "argmax": r"\operatorname*{arg\,max}",
    "argmin": r"\operatorname*{arg\,min}",
    "notag": "",
    "nonumber": "",
}
"""Commands that some LaTeX knows and pages do not, written in terms of what both know."""

SHIMS = {
    "dotsc": r"\ldots", "dotso": r"\ldots", "dotsb": r"\cdots", "dotsm": r"\cdots", "dotsi": r"\cdots",
    "smallsetminus": r"\setminus", "thickapprox": r"\approx", "thicksim": r"\sim", "varpropto": r"\propto",
    "shortmid": r"\mid", "shortparallel": r"\parallel", "centerdot": r"\cdot", "pmb": r"\boldsymbol",
    "mbox": r"\text", "hbox": r"\text", "textnormal": r"\text", "textup": r"\text", " ": r"\ ",
    "substack": "", "mathop": "",
}  # fmt: skip
"""What pages know and math-core does not, in its terms; the empty ones are rewritten by rules of their own."""

_LISTED = " ".join((_LETTERS, _OPERATORS, _RELATIONS, _SIGNS, _STRUCTURES))
COMMANDS = frozenset(_LISTED.split()) | WORDS | {*ALIASES, *SHIMS}
"""Every command that an author may write."""

_ENVIRONMENTS = """
matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array cases rcases aligned alignedat gathered split
align align* gather gather* alignat alignat* flalign flalign* equation equation*
"""
ENVIRONMENTS = frozenset(_ENVIRONMENTS.split())
"""Every environment that an author may write."""

ENVIRONMENT_ALIASES = {
    "align": "aligned", "align*": "aligned", "flalign": "aligned", "flalign*": "aligned", "gather": "gathered",
    "gather*": "gathered", "alignat": "alignedat", "alignat*": "alignedat", "equation": "", "equation*": "",
}  # fmt: skip
"""Environments that number equations, which nothing here does, as those that do not; an empty name is left out."""

_NUMBERS = r"equations have no numbers here: leave it out, or write the number yourself, \qquad (3)"
_DEFINITIONS = "commands cannot be defined: write out what it stands for"
HINTS = {
    "tag": _NUMBERS, "label": _NUMBERS, "ref": _NUMBERS, "eqref": _NUMBERS,
    "newcommand": _DEFINITIONS, "renewcommand": _DEFINITIONS, "def": _DEFINITIONS, "let": _DEFINITIONS,
    "DeclareMathOperator": r"write \operatorname{name} where it is used",
    "R": r"write \mathbb{R}", "N": r"write \mathbb{N}", "Z": r"write \mathbb{Z}", "C": r"write \mathbb{C}",
    "colorbox": r"write \boxed{…} or \textcolor{red}{…}", "fcolorbox": r"write \boxed{…}",
    "erf": r"write \operatorname{erf}", "sgn": r"write \operatorname{sgn}", "dag": r"write \dagger",
    "eqnarray": "write align", "eqnarray*": "write align", "multline": "write gather", "multline*": "write gather",
    "atop": r"write \binom{a}{b} or \substack{a \\ b}", "small": "the size of mathematics is that of the text",
    "Large": "the size of mathematics is that of the text", "large": "the size of mathematics is that of the text",
    "href": "put the link around the formula: [$x$](https://…)", "textsc": r"write \text{…}",
    "mathnormal": "leave it out", "frak": r"write \mathfrak{…}", "Bbb": r"write \mathbb{…}",
    "dcases": r"write cases, with \displaystyle in the cells",
}  # fmt: skip
"""What to write instead of what is refused."""
