"""Solving a problem: forward, loss, backward, update, over all iterations.

Only the iterations that are shown keep their steps; the others compute the same formulae and pass on their
parameters. A solution belongs to one arithmetic; `certified` in `nbsolve.arithmetic` repeats it with more bits
where a digit or a branch stays open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from nbsolve.arithmetic import Arithmetic
from nbsolve.blocks.dense import Dense
from nbsolve.blocks.network import network_graph
from nbsolve.errors import DomainError
from nbsolve.expr import Atom, Expr, Operand
from nbsolve.graph import Graph, Node
from nbsolve.objective import Objective, cancelled_in, penalty_gradient, write_loss
from nbsolve.problem.functions import optimiser_of
from nbsolve.problem.model import Problem
from nbsolve.recorder import Recorder
from nbsolve.rounding import DigitsWanted
from nbsolve.solving.alike import same_formulae
from nbsolve.solving.backward import Backward
from nbsolve.solving.epoch import write_epoch_loss
from nbsolve.solving.forward import write_forward
from nbsolve.solving.givens import begun, following, given_parameters, given_values
from nbsolve.solving.missing import write_missing
from nbsolve.solving.parameters import write_gradients
from nbsolve.solving.replay import NOTHING, Replay
from nbsolve.solving.schedule import batches, epoch_length, shown_iterations
from nbsolve.solving.seeds import Seeds
from nbsolve.solving.solution import Done, EpochLoss, Iteration, Kind, Solution, explanation_of, layers_of
from nbsolve.solving.update import write_norm, write_rate, write_update
from nbsolve.step import Step
from nbsolve.symbol import EPOCH_LOSS, LOSS, PARAMETERS, Role, Symbol
from nbsolve.values import Values


def solve_problem(
    problem: Problem,
    arithmetic: Arithmetic,
    rounded: bool = True,
    replay: Replay = NOTHING,
    like: Solution | None = None,
) -> Solution:
    """Solve in one arithmetic; `rounded=False` leaves out the rounding of each step (the exact solution).

    `replay` puts values in for others, and changes rules. `like` is a solution with the same replay: where the
    formulae of both problems are the same, they are not written anew, and there are values alone, without steps.

    Raises: DomainError (a prediction outside a loss's domain, naming the iteration), Undecided.
    """
    return _Run(replay.of(problem), arithmetic, rounded, replay=replay, like=like).solve()


class _Run:
    """The state of a run: the parameters that the last iteration left."""

    def __init__(
        self,
        problem: Problem,
        arithmetic: Arithmetic,
        rounded: bool,
        replay: Replay = NOTHING,
        like: Solution | None = None,
    ) -> None:
        self.replay = replay
        self.problem, self.arithmetic, self.rounded = problem, arithmetic, rounded
        each_step = rounded and problem.rounding.apply == "each_step"
        self.digits: DigitsWanted | None = problem.rounding.intermediates if each_step else None
        self.layers, self.how = layers_of(problem, replay), explanation_of(problem)
        asked = {ask for part in problem.parts for ask in part.ask}
        self.changes = "changes" in asked
        self.straight = (
            not problem.symbolic
            and self.how.way == "delta"
            and self.how.sign < 0
            and problem.regulariser is None
            and not any(layer.same_as or layer.missing for layer in problem.network.layers)
            and (problem.training is None or optimiser_of(problem.training.optimiser).straight)
            and not (problem.training is not None and problem.training.own_rates)
        )
        self.at_once = "updated_weights" in replay.rules
        self.textbook = self.straight and self.changes and "gradients" not in asked
        self.parameters = given_parameters(problem, self.layers)
        self.new: dict[Atom, Symbol] = {
            symbol: symbol._replace(new=True)
            for symbol in self.parameters.stored
            if isinstance(symbol, Symbol) and symbol.role in _TRAINED
        }
        self.repeating = like is not None and same_formulae(problem, like.problem)
        self.done: Done = {} if like is None or not self.repeating else {**like.done}
        self.graphs: dict[bool, tuple[tuple[int | None, ...], Graph]] = {}
        self.shown = shown_iterations(problem) if problem.training is not None else frozenset()
        self.epoch_length = epoch_length(problem)
        self.epoch_losses: list[tuple[int, Operand]] = []
        self.every_epoch = problem.training is not None and problem.training.epochs
        self.epochs: list[EpochLoss] = []

    def solve(self) -> Solution:
        shown = []
        for count, samples in enumerate(batches(self.problem), start=1):
            wanted = self.problem.training is None or count in self.shown
            try:
                iteration = self._iteration(count, samples, wanted)
            except DomainError as error:
                where = samples[:5] if error.sample is None else (error.sample,)
                named = ", ".join(map(str, where))
                raise error.within(f"iteration {count}, sample {named}") from error
            if wanted:
                shown.append(iteration)
        return Solution(
            self.problem,
            self.arithmetic,
            self.layers,
            self.how,
            tuple(shown),
            self.rounded,
            tuple(self.epochs),
            self.replay,
            self.done,
        )

    # ------------------------------------------------------------------ one iteration

    def _iteration(self, number: int, samples: tuple[int, ...], wanted: bool) -> Iteration:
        """One iteration; one that is not shown repeats the formulae of an earlier one with its samples."""
        labels: tuple[int | None, ...] = samples if len(samples) > 1 else (None,)
        recorder = self._recorder(number, samples, labels, wanted)
        with_loss = bool(self.problem.losses) and (wanted or self._loss_is_needed(number))
        objective = Objective(self.problem, labels, number=samples[0] if len(samples) == 1 else None)
        # The formula of a cross-entropy may depend on how close its predictions are to 0 and 1.
        fixed = not (
            objective.logarithmic and (with_loss or not objective.bounded or self.digits is not None)
        )
        kind = (samples, wanted, with_loss)
        if (self.repeating or not wanted) and fixed and kind in self.done:
            try:
                return self._repeated(recorder, kind)
            except DomainError:  # written anew, the error names the function and the unit
                recorder = self._recorder(number, samples, labels, wanted)
        graph = self._graph(labels)
        recorder.values.graph = graph
        write_forward(recorder, graph)
        forward = _taken(recorder)
        if not self.problem.differentiated:
            return Iteration(number, samples, recorder.values, forward, (), (), (), ())
        objective = objective.meeting(recorder.values)
        if with_loss:
            write_loss(objective, recorder)
        loss = _taken(recorder)
        passes = Backward(recorder, graph, self.how, self._cancelled(objective, recorder))
        seeds = [
            Seeds(passes, head, self.layers[head.depth - 1], self.replay.sign) for head in objective.heads
        ]
        backward, update = self._back(passes, seeds, labels)
        if wanted:
            for label in labels:
                for head in seeds:
                    head.write_missing(label)
                nodes = [node for node in graph.nodes if node.sample == label]
                write_missing(recorder, graph, nodes, self.how)
        extra = _taken(recorder)
        after: tuple[Step, ...] = ()
        epoch: tuple[Step, ...] = ()
        training = self.problem.training
        if training is not None:
            if not self.at_once:
                write_rate(recorder, training)
                if training.optimiser.clip == "norm":
                    write_norm(recorder, self.layers)
                for layer in self.layers:
                    self._update(recorder, layer, labels)
                update = _taken(recorder)
            if wanted:
                write_forward(recorder, self._graph(labels, new=True))
                after = self._after(recorder, objective) if with_loss else _taken(recorder)
        self.done[kind] = graph, (*recorder.actions,)
        if training is not None:
            self._close(recorder, samples, with_loss)
            epoch = _taken(recorder)
        return Iteration(
            number, samples, recorder.values, forward, loss, backward, update, after, epoch, extra
        )

    def _recorder(
        self, number: int, samples: tuple[int, ...], labels: Sequence[int | None], wanted: bool
    ) -> Recorder:
        values = begun(self.parameters, self.problem, number, samples, labels)
        recorder = Recorder(number, self.arithmetic, self.digits, wanted, values)
        recorder.given = given_values(self.problem, samples, labels)
        recorder.replaced = {**recorder.given, **self.replay.at(number)}
        return recorder

    def _repeated(self, recorder: Recorder, kind: Kind) -> Iteration:
        """An iteration without steps that does what was done in another one of its kind."""
        samples, _, with_loss = kind
        recorder.values.graph, actions = self.done[kind]
        recorder.repeat(actions)
        if self.problem.training is not None:
            self._close(recorder, samples, with_loss)
        return Iteration(recorder.number, samples, recorder.values, (), (), (), (), ())

    def _graph(self, labels: tuple[int | None, ...], new: bool = False) -> Graph:
        """The graph of the samples with these labels: iterations one after the other mostly have the same."""
        known = self.graphs.get(new)
        if known is None or known[0] != labels:
            known = self.graphs[new] = labels, network_graph(self.layers, labels, new)
        return known[1]

    def _back(
        self, passes: Backward, seeds: Sequence[Seeds], labels: Sequence[int | None]
    ) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
        """The steps of the backward pass; and of the updates, where a layer's come before going back from it."""
        recorder, graph = passes.recorder, passes.graph
        if not self.at_once:
            for label in labels:
                _go_back(passes, seeds, [node for node in graph.nodes if node.sample == label])
            for layer in reversed(self.layers):
                self._gradients(passes, layer, labels)
            return _taken(recorder), ()
        backward: list[Step] = []
        updates: list[Step] = []
        for layer in reversed(self.layers):
            _go_back(passes, seeds, [node for node in graph.nodes if node.target.layer == layer.index])
            self._gradients(passes, layer, labels)
            backward += _taken(recorder)
            self._update(recorder, layer, labels)
            updates += _taken(recorder)
        return tuple(backward), tuple(updates)

    def _gradients(self, passes: Backward, layer: Dense, labels: Sequence[int | None]) -> None:
        arrays = [parameter.symbol for parameter in layer.parameters]
        penalty = partial(penalty_gradient, self.problem, len(labels))
        told = not (self.textbook and len(labels) == 1)
        write_gradients(passes.recorder, passes.graph, arrays, passes.found, penalty, told)

    def _update(self, recorder: Recorder, layer: Dense, labels: Sequence[int | None]) -> None:
        training = self.problem.training
        assert training is not None
        alone = len(labels) == 1
        write_rate(recorder, training)
        write_update(
            recorder,
            layer,
            training,
            self.how,
            self.changes,
            self.textbook and alone,
            self.straight and alone,
        )

    def _cancelled(self, objective: Objective, recorder: Recorder) -> Callable[[Symbol], Expr | None]:
        """What loss and activation come to together; nothing where a rule is changed."""
        if self.replay.rules:
            return lambda of: None
        return lambda of: cancelled_in(objective, of, recorder.values)

    def _after(self, recorder: Recorder, objective: Objective) -> tuple[Step, ...]:
        """The loss after the update; a step that leaves the loss's domain is an error only if it is asked for."""
        try:
            write_loss(objective, recorder, new=True)
        except DomainError as error:
            if any("loss_after" in part.ask for part in self.problem.parts):
                raise DomainError(f"after the update {error}") from error
        return _taken(recorder)

    def _close(self, recorder: Recorder, samples: tuple[int, ...], with_loss: bool) -> None:
        """Hand the new parameters on; at the end of an epoch that is shown, write down its loss."""
        if with_loss:
            self.epoch_losses.append((len(samples), recorder.values[LOSS]))
        if recorder.number % self.epoch_length == 0 and self.problem.losses:
            if recorder.recording or self.every_epoch:
                write_epoch_loss(recorder, self.problem.losses[0].over_samples == "mean", self.epoch_losses)
            if self.every_epoch:
                loss, own = EPOCH_LOSS, Values()
                own.put(loss, recorder.values[loss], recorder.values.unrounded.get(loss))
                number = recorder.number // self.epoch_length
                self.epochs.append(EpochLoss(number, recorder.number, own))
            self.epoch_losses.clear()
        self.parameters = following(self.parameters, recorder.values, self.new)

    def _loss_is_needed(self, number: int) -> bool:
        """Whether the loss of the epoch that the iteration belongs to is written down."""
        return self.every_epoch or -(-number // self.epoch_length) * self.epoch_length in self.shown


def _go_back(passes: Backward, seeds: Sequence[Seeds], nodes: Sequence[Node]) -> None:
    """Write down the gradients of what the nodes find, the last first; an output layer has them from the loss."""
    for node in reversed(nodes):
        for head in seeds:
            if node.target == head.last.a(None, node.sample):
                head.write(node.sample)
        passes.write([node])


def _taken(recorder: Recorder) -> tuple[Step, ...]:
    """The steps since the last time."""
    steps = tuple(recorder.steps)
    recorder.steps.clear()
    return steps


_TRAINED = frozenset({*PARAMETERS, Role.STATE})
