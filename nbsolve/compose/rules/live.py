"""Live numbers in texts about a rule: `{{w1_new at 2 sample 3}}`, `{{z sample 4}}`, `{{epochs}}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import flint

from nbsolve.arithmetic import Value
from nbsolve.compose.rules.epochs import value_of
from nbsolve.compose.rules.letters import COUNTS, RuleNames
from nbsolve.compose.rules.lines import Lines
from nbsolve.expr import Atom, Variable
from nbsolve.formula.live import LAST, Place
from nbsolve.given import known
from nbsolve.live import Filler, LiveError, several
from nbsolve.live.request import Request, digits_wanted
from nbsolve.live.request import value_of as value_of_request
from nbsolve.problem.model import Sample
from nbsolve.rounding import Written, write
from nbsolve.rules.training import EXACT, Epoch, Parameters, Trained, Turn
from nbsolve.symbol import PARAMETERS, Role, Symbol, canonical

__all__ = ["LiveInRules"]

Q = flint.fmpq
_OF_TURN = (Role.PRE_ACTIVATION, Role.ACTIVATION, Role.ERROR)


@dataclass(frozen=True)
class LiveInRules(Filler):
    """Fills the numbers of a training; `at` is an epoch (the first, where none is named), `sample` a turn of it.

    A parameter is what the epoch, or the turn, begins with; `w1_new` is what it ends with.
    """

    solution: Trained
    names: RuleNames
    lines: Lines
    accuracy: Q

    def _is_given(self, atom: Atom, place: Place) -> bool:
        if not isinstance(atom, Symbol) or atom.new:
            return False
        if atom.role in PARAMETERS:
            return place.iteration in (None, 1) and place.sample in (None, 1)
        return atom.role in (Role.INPUT, Role.TARGET, Role.LEARNING_RATE)

    def _written(self, request: Request) -> Written:
        values: dict[str, Value] = {
            key: self._value(atom, place) for key, (atom, place) in request.quantities.items()
        }
        if isinstance(request.formula, Variable) and request.digits is None:
            (value,) = (self._value(atom, place) for atom, place in request.quantities.values())
            return self.lines.answer(value)
        result = value_of_request(request.formula, values, EXACT)
        return write(result, digits_wanted(request, self.lines.rounding), EXACT)

    def _value(self, atom: Atom, place: Place) -> Q:
        found = [*self.names.entries(atom)]
        if len(found) != 1:
            raise several(atom, found)
        (symbol,) = found
        if not isinstance(symbol, Symbol):
            raise LiveError(f"{canonical(symbol)} is not a number in this problem")
        epoch = self._epoch(place)
        if symbol.stem in COUNTS:
            return self._counts(place)[symbol.stem]
        if symbol.role is Role.LEARNING_RATE:
            return self.solution.problem.rule.parameters["learning_rate"].rational
        turn = None if place.sample is None else self._turn(epoch, place.sample)
        if symbol.role in PARAMETERS:
            return value_of(self._parameters(symbol, epoch, turn), symbol)
        if symbol.role not in (*_OF_TURN, Role.INPUT, Role.TARGET):
            raise LiveError(f"{canonical(symbol)} is not a number in this problem")
        if turn is None:
            count = len(self.solution.problem.samples)
            hint = f"write {{{{{canonical(symbol)} sample 1}}}}"
            raise LiveError(
                f"{canonical(symbol)} has a value for each of {count} samples", "one number", hint
            )
        return _of_turn(symbol, turn, self.solution.problem.samples[turn.sample - 1])

    def _counts(self, place: Place) -> Mapping[str, Q]:
        epochs = self.solution.epochs if place.iteration is None else (self._epoch(place),)
        return {
            "epochs": Q(len(self.solution.epochs)),
            "mistakes": Q(sum(epoch.mistakes for epoch in epochs)),
            "accuracy": self.accuracy,
        }

    def _epoch(self, place: Place) -> Epoch:
        epochs = self.solution.epochs
        number = len(epochs) if place.iteration == LAST else place.iteration or 1
        if not 1 <= number <= len(epochs):
            raise LiveError(f"there is no epoch {number}", f"1 to {len(epochs)}, or last")
        return epochs[number - 1]

    def _turn(self, epoch: Epoch, sample: int) -> Turn:
        if not 1 <= sample <= len(epoch.turns):
            raise LiveError(f"there is no sample {sample}", f"1 to {len(epoch.turns)}")
        return next(turn for turn in epoch.turns if turn.sample == sample)

    def _parameters(self, symbol: Symbol, epoch: Epoch, turn: Turn | None) -> Parameters:
        if turn is not None:
            return turn.after if symbol.new else turn.before
        return epoch.after if symbol.new else epoch.turns[0].before


def _of_turn(symbol: Symbol, turn: Turn, sample: Sample) -> Q:
    """What a sample has, or gets, in its turn."""
    assert isinstance(symbol.to, int)
    if symbol.role is Role.INPUT:
        return known(sample.input[symbol.to - 1]).rational
    if symbol.role is Role.TARGET:
        return known((sample.target or ())[symbol.to - 1]).rational
    values = {Role.PRE_ACTIVATION: turn.z, Role.ACTIVATION: turn.predictions, Role.ERROR: turn.signals}
    return values[symbol.role][symbol.to - 1]
