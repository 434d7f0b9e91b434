"""The names of a computation graph's quantities: as its file calls them, with their places as subscripts."""

from __future__ import annotations

from collections.abc import Iterator

from nbsolve.catalogue.optimisers import letter_of
from nbsolve.equations.building import entries_of, quantity
from nbsolve.equations.updating import RATE, owner_of, parameters_of, state
from nbsolve.errors import UnknownQuantityError
from nbsolve.letters import Name, letter_name
from nbsolve.notation import Names
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.graphs.asks import LOSS, state_of, with_starts
from nbsolve.problem.graphs.asks import quantity as typed
from nbsolve.problem.model import GraphProblem, Network, Notation, UpdateProblem
from nbsolve.solving.update import NORM, setting
from nbsolve.symbol import Partial, Role, Symbol, Unit

__all__ = ["GraphNames"]

_NEW, _GAP = r"\text{new}", r"\,"


class GraphNames(Names):
    """`latex`, `plain` and `resolve` for the quantities of one graph; η and L as everywhere."""

    def __init__(self, problem: GraphProblem | UpdateProblem, objective: Symbol) -> None:
        self.problem = problem
        super().__init__(Network(inputs=1, layers=()), Notation())
        self.objective = objective
        self.starts = problem.starts if isinstance(problem, GraphProblem) else {}
        self._own = {
            name: Name.read(problem.letters[name]) if name in problem.letters else letter_name(name)
            for name in problem.shapes
        }

    def name(self, symbol: Symbol) -> Name:
        """The written name: W_{12}, x^new; a whole array in bold, unless its letter is a capital."""
        if (owner := owner_of(self.problem, symbol)) != symbol:
            return self._state(symbol, owner)
        if symbol.role is not Role.NODE:
            return super().name(symbol)
        start = self.starts.get(symbol.stem)
        name = self._own[symbol.stem if start is None or symbol.stem in self.problem.letters else start.array]
        at: tuple[Unit, ...] = symbol.at
        if start is not None and symbol.stem not in self.problem.letters:
            at = (*at[: start.axis], start.place, *at[start.axis :])
        if symbol.at or at:
            parts = [str(place) for place in at]
            name = name.with_sub(("," if any(len(part) > 1 for part in parts) else "").join(parts))
        if (
            len(symbol.at) < len(self.problem.shapes[symbol.stem])
            and name.core.isalpha()
            and name.core.islower()
        ):
            name = Name(rf"\mathbf{{{name.core}}}", name.sub, name.sup)
        return name.with_sup(_NEW, _GAP) if symbol.new else name

    def _state(self, symbol: Symbol, owner: Symbol) -> Name:
        """m_w: the letter of what the optimiser keeps, with the quantity that it belongs to."""
        name = Name.read(letter_of(symbol.stem.removesuffix(f"_{owner.stem}")))
        if len(list(parameters_of(self.problem))) > 1:
            name = name.with_sub(self.name(owner).latex())
        return name.with_sup(_NEW, _GAP) if symbol.new else name

    def resolve(self, text: str) -> Symbol | Partial:
        """The quantity that `q`, `W[1,2]`, `df/dx` or `dq/dx` means; without places perhaps a whole array.

        Raises: UnknownQuantityError.
        """
        known = ", ".join(self.problem.shapes)
        text = with_starts(text, self.starts)
        if (found := self._of_training(text)) is not None:
            return found
        try:
            over, under = typed(text)
        except ValueError:
            raise UnknownQuantityError(f"no quantity {text!r} in this problem; there are {known}") from None
        for read in (over, under):
            upstream = read is over and over == (LOSS, (), False) and LOSS not in self.problem.shapes
            if read is None or upstream:
                continue
            name, at, _ = read
            if name not in self.problem.shapes:
                raise UnknownQuantityError(f"no quantity {name!r} in this problem; there are {known}")
            shape = self.problem.shapes[name]
            if at and (len(at) != len(shape) or not all(1 <= n <= m for n, m in zip(at, shape, strict=True))):
                raise UnknownQuantityError(f"{name} has no entry {list(at)}")
        symbol = quantity(under[0], under[1])._replace(new=under[2])
        if over is None:
            return symbol
        if over[0] in (self.problem.gradients_of, LOSS) and over[1] in ((), self.objective.at):
            return Partial(self.objective, symbol)
        return Partial(quantity(over[0], over[1]), symbol)

    def _of_training(self, text: str) -> Symbol | None:
        """What the optimiser keeps or finds for a parameter, `m_w_new`, or a setting, `eta`, `beta1`; else None."""
        training = self.problem.training
        typed_ = "".join(text.split())
        if training is None or typed_ in self.problem.shapes:
            return None
        if typed_ == RATE.role.value:
            return RATE
        if typed_ == NORM.stem and training.optimiser.clip == "norm":
            return NORM
        if typed_ in optimiser_of(training.optimiser).letters:
            return setting(typed_)
        read = state_of(text, training, self.problem.shapes)
        if read is None:
            return None
        return state(quantity(read.parameter, read.at), read.equation, read.new)

    def entries(self, atom: Symbol | Partial) -> Iterator[Symbol | Partial]:
        """The entries of an array, row by row; a single quantity by itself."""
        if isinstance(atom, Symbol):
            yield from self._of(atom)
            return
        for of in self._of(atom.of):
            yield from (Partial(of, wrt) for wrt in self._of(atom.wrt))

    def _of(self, symbol: Symbol) -> list[Symbol]:
        if symbol.role not in (Role.NODE, Role.STATE) or symbol.at:
            return [symbol]
        owner = owner_of(self.problem, symbol)
        entries = entries_of(owner.stem, self.problem.shapes[owner.stem])
        return [symbol._replace(at=entry.at) for entry in entries]
