r"""LaTeX taken apart into tokens: what is not known is refused with its place, spellings become one.

Two texts come out. The *written* one goes to pages and notebooks, which read LaTeX: it has no `\bm`, no numbered
environments. The *read* one goes to math-core: a few more spellings are put in its terms there, and what it would
pass over or misread without a word (a line break with a distance, words with mathematics inside, `\mathop`) is
rewritten or refused.
"""

from __future__ import annotations

import difflib
import re

from nbsolve.authored.commands import (
    ALIASES,
    COLOURS,
    COMMANDS,
    ENVIRONMENT_ALIASES,
    ENVIRONMENTS,
    HINTS,
    SHIMS,
    WORDS,
)
from nbsolve.authored.spelling import BrokenMathematics, Rewritten

__all__ = ["rewritten"]

MAXIMUM_LENGTH = 5_000
MAXIMUM_DEPTH = 40
"""How long a formula may be, and how deeply commands and braces may stand inside each other."""

_TOKEN = re.compile(r"\\(?:operatorname\*|[A-Za-z]+|.)|\s+|.", re.DOTALL)
_DISTANCE = re.compile(r"\s*\[\s*-?[0-9.]+\s*[a-z]{2}\s*\]")
_COLUMNS = re.compile(r"\s*\{[lcr\s]*(?:(?<![|:])[|:][lcr\s]*)*\}")
_NAMED = re.compile(
    r"\s*\{\s*\\(?:mathrm|text|rm|operatorname)\b\s*(?:\{([A-Za-z ,\\]+)\}|([A-Za-z ,\\]+))\s*\}"
)
_BRACKETS_NEXT = re.compile(r"left|right|middle|(?:big|Big|bigg|Bigg)[lrm]?")
_COLOURED = f"write {', '.join(sorted(COLOURS))}, or \\color[RGB]{{255,128,0}}"


def rewritten(latex: str, display: bool) -> Rewritten:
    """Both spellings of a formula. Raises: BrokenMathematics."""
    return _Rewriter(latex, display).whole()


class _Rewriter:
    def __init__(self, latex: str, display: bool) -> None:
        self.latex, self.display = latex, display
        self.out = Rewritten()
        self.at = 0
        self.scopes: list[str] = []  # open braces, environments and \\left
        self.cells = [0]  # of the row so far, of every environment that is open
        self.breaks = False  # whether lines are broken outside any environment
        self.aligned = False

    def fail(self, why: str, at: int, hint: str | None = None) -> BrokenMathematics:
        return BrokenMathematics(why, self.latex, at, hint)

    def whole(self) -> Rewritten:
        if len(self.latex) > MAXIMUM_LENGTH:
            raise self.fail(f"the formula is longer than {MAXIMUM_LENGTH:,} characters", 0)
        if blank := re.search(r"\n[ \t]*\n", self.latex):
            raise self.fail("there is a blank line in the mathematics", blank.start(), "leave it out")
        nesting = 0
        while self.at < len(self.latex):
            match = _TOKEN.match(self.latex, self.at)
            assert match is not None
            token, start = match[0], self.at
            self.at = match.end()
            # commands that stand directly before each other take each other for arguments: \sqrt\sqrt x
            nesting = nesting + 1 if token[0] in "\\^_" else nesting if token.isspace() else 0
            if nesting + len(self.scopes) > MAXIMUM_DEPTH:
                raise self.fail("the formula is nested too deeply", start)
            self.token(token, start)
        if self.breaks:
            self.in_lines()
        return self.out

    def token(self, token: str, start: int) -> None:
        if token.startswith("\\"):
            if len(token) == 1:
                raise self.fail("there is a single backslash at the end", start)
            self.command(token[1:], start)
        elif token == "{":
            self.scopes.append("{")
            self.out.add(start, token)
        elif token == "}":
            if not self.scopes or self.scopes[-1] != "{":
                raise self.fail("'}' closes nothing", start)
            self.scopes.pop()
            self.out.add(start, token)
        elif token == "&" and not self.scopes and self.display:
            self.aligned = True
            self.out.add(start, token)
        elif token == "&" and self.scopes and self.scopes[-1] in ("cases", "rcases"):
            self.cells[-1] += 1
            if self.cells[-1] > 1:
                raise self.fail("a row of cases has more than two columns", start)
            self.out.add(start, token)
        elif token in ("#", "%", "$"):
            raise self.fail(f"{token!r} has a meaning of its own in LaTeX", start, f"write \\{token}")
        elif not token.isspace() and not token.isprintable():
            raise self.fail(f"the character U+{ord(token):04X} cannot be seen", start, "leave it out")
        elif not token.isspace():
            self.out.add(start, token)
        elif not self.out.written.endswith(" "):
            self.out.add(start, " ")

    def in_lines(self) -> None:
        """Lines outside any environment are put into one."""
        name = "aligned" if self.aligned else "gathered"
        self.out = self.out.between(f"\\begin{{{name}}}", f"\\end{{{name}}}")

    # ------------------------------------------------------------------ commands

    def command(self, name: str, start: int) -> None:
        if name == "\\":
            self.line_break(start)
        elif name == "begin" or name == "end":
            self.environment(name, start)
        elif name.isspace():
            self.out.add(start, r"\ ")
        elif name not in COMMANDS:
            raise self.unknown(name, start, f"\\{name} is not known here")
        elif name in WORDS:
            self.words(name, start)
        elif name == "substack":
            self.substack(start)
        elif name == "mathop":
            named = _NAMED.match(self.latex, self.at)
            if named is None:
                raise self.fail(r"\mathop takes a name only", start, r"write \operatorname*{name}")
            words = rf"\operatorname*{{{(named[1] or named[2]).strip()}}}"
            self.at = named.end()
            self.out.add(start, words)
        elif name in ALIASES:
            follows = self.latex[self.at : self.at + 1]
            gap = " " if follows.isalpha() and ALIASES[name][-1:].isalpha() else ""
            self.out.add(start, ALIASES[name] + gap)
        elif name in SHIMS:
            self.out.add(start, f"\\{name}", SHIMS[name])
        elif name in ("color", "textcolor"):
            self.colour(name, start)
        else:
            self.out.add(start, f"\\{name}")
            if _BRACKETS_NEXT.fullmatch(name):
                self.bracket(name, start)

    def unknown(self, name: str, start: int, why: str) -> BrokenMathematics:
        hint = HINTS.get(name)
        if hint is None:
            known = ENVIRONMENTS if why.startswith(r"\begin") else COMMANDS
            near = difflib.get_close_matches(name, known, 1, 0.75)
            hint = (
                f"did you mean {near[0] if known is ENVIRONMENTS else chr(92) + near[0]}?" if near else None
            )
        return self.fail(why, start, hint)

    def colour(self, name: str, start: int) -> None:
        """A colour that LaTeX, MathJax and math-core know by the same name."""
        found = re.compile(r"\s*(\[RGB\])?\s*\{\s*([^{}]*?)\s*\}").match(self.latex, self.at)
        known = found and (re.fullmatch(r"[0-9, ]+", found[2]) if found[1] else found[2] in COLOURS)
        if found is None or not known:
            raise self.fail(f"\\{name} is not followed by a colour that is known here", start, _COLOURED)
        self.out.add(start, f"\\{name}{found[1] or ''}{{{found[2]}}}")
        self.at = found.end()

    def bracket(self, name: str, start: int) -> None:
        r"""What opens and closes; `\left<` means an angle bracket."""
        if name == "left":
            self.scopes.append(r"\left")
        elif name in ("right", "middle") and (not self.scopes or self.scopes[-1] != r"\left"):
            raise self.fail(f"\\{name} stands without its \\left", start)
        elif name == "right":
            self.scopes.pop()
        found = re.compile(r"\s*([<>])\s*").match(self.latex, self.at)
        if found:
            self.out.add(self.at, r"\langle " if found[1] == "<" else r"\rangle ")
            self.at = found.end()

    def line_break(self, start: int) -> None:
        if found := _DISTANCE.match(self.latex, self.at) or re.compile(r"\s+").match(self.latex, self.at):
            self.at = found.end()
        if self.scopes and self.scopes[-1] in ("{", r"\left", "equation", "equation*"):
            hint = r"write \substack{a \\ b} or a matrix"
            raise self.fail(r"there is a line break \\ inside braces or brackets", start, hint)
        self.cells[-1] = 0
        if not self.scopes:
            if not self.display:
                raise self.fail(
                    r"a line break \\ stands in a line of text", start, "put the formula between $$ and $$"
                )
            self.breaks = True
        self.out.add(start, r"\\" + " ")

    def environment(self, command: str, start: int) -> None:
        named = re.compile(r"\s*\{([^{}]*)\}").match(self.latex, self.at)
        if named is None:
            raise self.fail(rf"\{command} is not followed by a name in braces", start)
        name = named[1].strip()
        self.at = named.end()
        if command == "begin":
            if name not in ENVIRONMENTS:
                raise self.unknown(name, start, rf"\begin{{{name}}} is not known here")
            if self.scopes and name in ENVIRONMENT_ALIASES:
                raise self.fail(
                    rf"\begin{{{name}}} stands inside something else", start, "write aligned there"
                )
            self.scopes.append(name)
            self.cells.append(0)
        elif not self.scopes or self.scopes[-1] != name:
            raise self.fail(rf"\end{{{name}}} closes nothing", start)
        else:
            self.scopes.pop()
            self.cells.pop()
        self.spelt(command, name, start)

    def spelt(self, command: str, name: str, start: int) -> None:
        """An environment's beginning or end, in the spellings that are known."""
        written = ENVIRONMENT_ALIASES.get(name, name)
        read = {"split": "aligned", "alignedat": "aligned", "smallmatrix": "subarray"}.get(written, written)
        columns = extra = ""
        if command == "begin" and name == "array":
            found = _COLUMNS.match(self.latex, self.at)
            if found is None:
                hint = r"write l, c and r, with | or : between them: \begin{array}{c|cc}"
                raise self.fail("the columns of the array are not known here", start, hint)
            columns, self.at = found[0].strip(), found.end()
        elif command == "begin" and written == "alignedat":
            found = re.compile(r"\s*\{\s*[0-9]+\s*\}").match(self.latex, self.at)
            if found is None:
                raise self.fail(rf"\begin{{{name}}} is not followed by the number of columns", start)
            extra, self.at = found[0].strip(), found.end()
        elif command == "begin" and read == "subarray":
            columns = "{" + "c" * 20 + "}"
        elif command == "begin" and re.compile(r"\s*\[[tcb]\]").match(self.latex, self.at):
            raise self.fail(rf"\begin{{{name}}} takes no position here", start, "leave out [t], [c] or [b]")
        if not written:
            return
        shown = columns if read != "subarray" else ""
        self.out.add(start, rf"\{command}{{{written}}}{shown}{extra}", rf"\{command}{{{read}}}{columns}")

    def substack(self, start: int) -> None:
        inner, place = self.group(r"\substack", start)
        before, after = r"\begin{smallmatrix}", r"\end{smallmatrix}"
        rows = self.inside(f"{before}{inner}{after}", True, place - len(before))
        written = rows.written.removeprefix(before).removesuffix(after)
        self.out.add(start, rf"\substack{{{written}}}", rows.read)

    def inside(self, part: str, display: bool, place: int) -> Rewritten:
        """A part that is a formula of its own; what is wrong with it is said of the whole."""
        try:
            return rewritten(part, display)
        except BrokenMathematics as error:
            raise self.fail(error.why, max(0, min(place + error.at, len(self.latex))), error.hint) from None

    # ------------------------------------------------------------------ words

    def group(self, command: str, start: int) -> tuple[str, int]:
        """What the next pair of braces holds, and where it begins."""
        opening = re.compile(r"\s*\{").match(self.latex, self.at)
        if opening is None:
            raise self.fail(f"{command} is not followed by braces", start, f"write {command}{{…}}")
        depth, position = 1, opening.end()
        while position < len(self.latex):
            sign = self.latex[position]
            if sign == "\\":
                position += 1
            depth += (sign == "{") - (sign == "}")
            if depth == 0:
                self.at = position + 1
                return self.latex[opening.end() : position], opening.end()
            position += 1
        raise self.fail(f"the braces after {command} are not closed", start)

    def words(self, name: str, start: int) -> None:
        """Words, and between dollar signs mathematics, which math-core does not read there."""
        inner, place = self.group(f"\\{name}", start)
        command = SHIMS.get(name, f"\\{name}")
        parts = re.split(r"(?<!\\)\$", inner)
        if len(parts) % 2 == 0:
            raise self.fail(f"the mathematics in \\{name} is not closed", start)
        self.out.add(start, f"\\{name}{{{inner}}}", "")
        for number, part in enumerate(parts):
            if number % 2:
                self.out.add(place, "", "{" + self.inside(part, False, place).read + "}")
            elif part:
                self.checked_words(part, place)
                self.out.add(place, "", command + "{" + part + "}")
            place += len(part) + 1

    def checked_words(self, words: str, place: int) -> None:
        allowed = {*"%&#_${}", ",", " ", "textbf", "textit", "texttt", "textrm", "textsf"}
        depth = 0
        for match in _TOKEN.finditer(words):
            token, at = match[0], place + match.start()
            depth += (token == "{") - (token == "}")
            if depth > MAXIMUM_DEPTH:
                raise self.fail("the formula is nested too deeply", at)
            if token.startswith("\\") and token[1:] not in allowed:
                raise self.fail(f"{token} stands among words", at, f"put dollar signs around it: ${token}$")
            if token in "#%&_^":
                raise self.fail(
                    f"{token!r} stands among words", at, f"write \\{token}" if token != "^" else None
                )
            if not token.isspace() and not token.startswith("\\") and not token.isprintable():
                raise self.fail(f"the character U+{ord(token):04X} cannot be seen", at, "leave it out")
