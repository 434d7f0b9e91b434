"""Displays of what is given: parameters, states, and what an iteration begins with."""

from __future__ import annotations

from fractions import Fraction

from nbsolve.checking.audit.chain_parts import printed_as, text_of
from nbsolve.checking.audit.display import Chain, read_display
from nbsolve.checking.audit.evaluate import Evaluator, Unknown
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.logarithms import collapsed
from nbsolve.checking.audit.names import indices
from nbsolve.checking.audit.optimising import STATE
from nbsolve.checking.audit.parser import whole
from nbsolve.checking.audit.quotients import Quotients
from nbsolve.checking.audit.tree import Matrix, Node, Num, Sym
from nbsolve.checking.audit.words import Place
from nbsolve.checking.oracle.numbers import Real
from nbsolve.checking.oracle.optimisers import KEPT
from nbsolve.checking.oracle.rounding import Digits, fault

MOST_CARRIED = 2
"""How many digits more than usual a parameter may have because later lines need them."""


def _longer(digits: Digits, more: int) -> Digits:
    """Digits that later lines need beside the usual ones."""
    if digits.significant is not None:
        return Digits(significant=digits.significant + more)
    assert digits.decimals is not None
    return Digits(decimals=digits.decimals + more, minimum=digits.minimum + more if digits.minimum else 0)


def is_state(name: str) -> bool:
    return STATE.fullmatch(indices(name)[0]) is not None


class GivenDisplays(Quotients):
    """Checks displays of given numbers."""

    def start_display(self, source: str, place: Place) -> Found:
        """The parameters that an iteration starts from: `W = letters ≈ numbers`, element by element."""
        out = Found(digits=sum(c.isdigit() for c in source))
        self._begins(source, place.context.iteration, out)
        return out

    def _begins(self, source: str, t: int, out: Found) -> None:
        columns = str(self.node["network"].get("layout", "W x + b")) == "x W + b"
        seen: set[str] = set()
        try:
            for chain in read_display(source):
                out.lines += 1
                single = len(chain.items) == 1
                target = whole(chain.target, self.world.symbols) if single else None
                relation, texts = chain.items[-1]
                numbers = whole(texts, self.world.symbols)
                if isinstance(target, Sym):
                    names, values = [[target.name]], [[numbers]]
                else:
                    letters = whole(chain.items[0][1], self.world.symbols)
                    assert isinstance(letters, Matrix)
                    assert isinstance(numbers, Matrix)
                    if chain.items[0][0] != "=" or len(chain.items) != 2:
                        raise Unreadable("not letters and numbers")
                    self._placed(chain, letters, columns, out)
                    names = [
                        ["0" if self._is_missing(cell) else getattr(cell, "name", "?") for cell in row]
                        for row in letters.rows
                    ]
                    values = [list(row) for row in numbers.rows]
                if [len(row) for row in names] != [len(row) for row in values]:
                    raise Unreadable("matrices of different shapes")
                flat = [x for row in names for x in row]
                printed = [tidy(x) for row in values for x in row]
                seen |= set(flat) - {"0"}
                exact = [self._starts(name, node, t, out) for name, node in zip(flat, printed, strict=True)]
                moved_by_nothing = relation == "≈" and all(
                    self.chains.moves_by_nothing(name) for name in flat
                )
                if relation != ("=" if all(exact) else "≈") and not moved_by_nothing:
                    out.faults.append(f"{relation} before {[text_of(node) for node in printed]}")
        except (Unreadable, Unknown, ValueError, KeyError, IndexError, AssertionError) as error:
            out.faults.append(f"{type(error).__name__} {error}")
        wanted = self._parameter_names()
        if any(name.startswith("learning_rate_") for name in seen):
            wanted = {f"learning_rate_{name}" for name in wanted if self.world.trained(name)}
        elif any(map(is_state, seen)):
            wanted = self._state_names(t)
        if seen != wanted:
            out.faults.append(f"start: {sorted(seen ^ wanted)} missing or too many")

    def _state_names(self, t: int) -> set[str]:
        """What the optimiser has kept when an iteration begins; before the first, as far as it is given."""
        kinds = KEPT[self.spec.optimiser]
        if t == 1:
            kinds = tuple(kind for kind in kinds if kind in self.node["training"].get("state", {}))
        found = set()
        for name in self._parameter_names():
            letter, _, rest = name.partition("[")
            if self.world.trained(name):
                found |= {f"{kind}_{letter}[{rest}" for kind in kinds}
        return found

    def _starts(self, name: str, node: Node, t: int, out: Found) -> bool:
        """Whether a parameter is printed exactly; a fault where it is not as it would be rounded."""
        out.numbers += 1
        if name == "0":
            if text_of(node) != "0":
                out.faults.append(f"{text_of(node)} where there is no weight")
            return True
        value = self.world.value(name, t, carried=True)
        assert isinstance(value, (Fraction, Real))
        printed = literal(node)
        given = self.world.givens.get((name, 1, None))
        if given is not None and is_state(name) and t == 1:
            if not printed_as(node, given):
                out.faults.append(f"{name} is given as {given}, printed {text_of(node)}")
            return True
        if given is not None and not is_state(name) and not self.world.trained(name):
            if not printed_as(node, given):
                out.faults.append(f"{name} is held at {given}, printed {text_of(node)}")
            return True
        if printed is None:
            if Evaluator()(node) != value:
                out.faults.append(f"{name}: a fraction")
            return True
        before = None
        if t > 1 and not self.world.each_step and not is_state(name):
            before = self.world.true[name, t - 1, None]
        wrongs = [
            fault(text_of(node), value, _longer(self.chains.between, more), unlike)
            for unlike in {None, before}
            for more in range(MOST_CARRIED + 1)
        ]
        if all(wrongs) and not (self.world.each_step and printed[0] == value):
            out.faults.append(f"{name}: {wrongs[0]}")
        return bool(printed[0] == value) or self.world.each_step

    def _parameter_names(self) -> set[str]:
        return {
            name for (name, t, _) in self.world.givens
            if not is_state(name) and name not in ("t", "k", "learning_rate") and not name.startswith(("a[", "z["))
            for at in [indices(name)[1]] if t == 1
            and not (name[0] == "b" and at[1] > 1 and self.spec.layers[at[0] - 1].shared)
        }  # fmt: skip

    def givens_display(self, source: str, place: Place) -> Found:
        """`W = letters = numbers`, element by element as in the file."""
        out = Found(digits=sum(c.isdigit() for c in source))
        if self._states_are_given(source):
            self._begins(source, 1, out)
            return out
        columns = str(self.node["network"].get("layout", "W x + b")) == "x W + b"
        seen: set[str] = set()
        try:
            for chain in read_display(source):
                out.lines += 1
                if len(chain.items) == 1:
                    found = self.chains.check(Chain(chain.target, chain.items, chain.notes), place.context)
                    out.faults += found.faults
                    seen.add(str(getattr(whole(chain.target, self.world.symbols), "name", "")))
                    continue
                seen |= self._matrix(chain, columns, out)
        except (Unreadable, Unknown, ValueError, KeyError, IndexError) as error:
            out.faults.append(f"{type(error).__name__} {error}")
        wanted = self._parameter_names()
        if seen != wanted:
            out.faults.append(f"data: {sorted(seen ^ wanted)} missing or too many")
        return out

    def _states_are_given(self, source: str) -> bool:
        """Whether a display says what the optimiser starts with, by the letters of its right sides."""
        try:
            chains = read_display(source)
            first = chains[0].items[0][1] if len(chains[0].items) > 1 else chains[0].target
            node = whole(first, self.world.symbols)
        except (Unreadable, IndexError):
            return False
        while isinstance(node, Matrix):
            node = node.rows[0][0]
        return isinstance(node, Sym) and is_state(node.name)

    def _matrix(self, chain: Chain, columns: bool, out: Found) -> set[str]:
        letters, numbers = (whole(texts, self.world.symbols) for _, texts in chain.items)
        numbers = collapsed(numbers) if self.world.logarithms else numbers
        if (
            not isinstance(letters, Matrix)
            or not isinstance(numbers, Matrix)
            or [r for r, _ in chain.items] != ["=", "="]
        ):
            raise Unreadable(f"{' '.join(chain.target)} is no matrix")
        if [len(r) for r in letters.rows] != [len(r) for r in numbers.rows]:
            raise Unreadable("matrices of different shapes")
        names: set[str] = set()
        self._placed(chain, letters, columns, out)
        for row, values in zip(letters.rows, numbers.rows, strict=True):
            for cell, value in zip(row, values, strict=True):
                out.numbers += 1
                if self._is_missing(cell):
                    if text_of(tidy(value)) != "0":
                        out.faults.append(f"{text_of(tidy(value))} where there is no weight")
                    continue
                name = getattr(cell, "name", "?")
                if not printed_as(tidy(value), self.world.givens[name, 1, None]):
                    out.faults.append(
                        f"{name} is {self.world.givens[name, 1, None]}, printed {text_of(tidy(value))}"
                    )
                names.add(name)
        return names

    @staticmethod
    def _is_missing(cell: Node) -> bool:
        """Whether a matrix of letters has the 0 of a connection that does not exist."""
        return isinstance(cell, Num) and cell.text == "0"

    def _placed(self, chain: Chain, letters: Matrix, columns: bool, out: Found) -> None:
        """Every letter of a matrix stands in its row and column, under the name of its layer."""
        first = next(cell for row in letters.rows for cell in row if isinstance(cell, Sym))
        layer = indices(first.name)[1][0]
        own = self.world.spec.layers[layer - 1]
        written = own.written
        there = [
            (j, written.index(i) + 1 if written else i) for j, i in own.missing if not written or i in written
        ]
        missing = {(c, r) if columns else (r, c) for r, c in there}
        end = ("^", "{", "(", str(layer), ")", "}")[-5:]
        inner = chain.target[:-1] if is_state(first.name) else chain.target
        if inner[-5:] != end:
            out.faults.append(f"{''.join(chain.target)} holds layer {layer}")
        for r, row in enumerate(letters.rows, 1):
            for c, cell in enumerate(row, 1):
                if self._is_missing(cell) and (r, c) in missing:
                    continue
                name = getattr(cell, "name", "?")
                letter, at = indices(name)
                j, i = (c, r) if columns else (r, c)
                weight = letter == "W" or ((found := STATE.fullmatch(letter)) is not None and found[2] == "W")
                right = [layer, j, written[i - 1] if written else i] if weight else [layer, max(r, c)]
                if at != right or (not weight and min(r, c) != 1):
                    out.faults.append(f"{name} stands in row {r}, column {c}")
