"""Which quantities a solution reports: those that the parts ask for, or every one, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from nbsolve.asking.asked_words import (
    KINDS,
    LISTERS,
    UPDATED,
    kept_by,
    products_of,
    standing,
    values_after,
    values_of,
)
from nbsolve.asking.refusals import refusal
from nbsolve.errors import UnknownQuantityError
from nbsolve.expr import Atom
from nbsolve.notation import Names
from nbsolve.problem import wiring
from nbsolve.problem.functions import loss_of
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import Part, Problem
from nbsolve.solving.solution import Iteration, Solution
from nbsolve.symbol import EPOCH_LOSS, LOSS, LOSS_DECREASE, Partial, Role, Symbol, canonical


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reported quantity stands: `atom` names it, `holder` is the parameter whose value it has.

    `opposite`: the value with the other sign (a threshold said as a bias); `zero`: the change of a held parameter.
    """

    atom: Atom
    holder: Atom
    iteration: int
    fixed: bool = False
    part: str | None = None
    opposite: bool = False
    zero: bool = False


def asked(problem: Problem, solution: Solution, names: Names) -> Iterator[Place]:
    """The quantities that the parts ask for, part by part."""
    for part in problem.parts:
        for iteration in solution.iterations:
            if part.at is None or part.at == iteration.number:
                yield from asked_of(part, iteration, solution, names)


@dataclass(frozen=True)
class Asked:
    """What the parts ask for in one iteration: whole kinds by their words, single quantities by themselves."""

    words: frozenset[str]
    atoms: frozenset[Atom]

    @classmethod
    def in_iteration(cls, iteration: Iteration, solution: Solution, names: Names) -> Asked:
        """The parts' questions about one iteration."""
        asks = [
            ask
            for part in solution.problem.parts
            if part.at is None or part.at == iteration.number
            for ask in part.ask
        ]
        found: set[Atom] = set()
        for atom in (names.resolve(ask) for ask in asks if ask not in LISTERS):
            found.update(meant(atom, iteration, solution, names))
            found.update(of_sample(atom, label) for label in iteration.labels)  # a matrix is boxed as a whole
        return cls(frozenset(asks) & frozenset(LISTERS), frozenset(found))

    def __contains__(self, atom: object) -> bool:
        if not isinstance(atom, Symbol | Partial):
            return False
        return atom in self.atoms or any(KINDS[word](atom) for word in self.words)

    @property
    def after(self) -> bool:
        """Whether anything is asked about the network after the update."""
        return bool(self.words & {"forward_after", "loss_after"}) or any(
            isinstance(atom, Symbol)
            and ((atom.new and atom.role not in UPDATED) or atom.role is Role.LOSS_DECREASE)
            for atom in self.atoms
        )


def asked_of(part: Part, iteration: Iteration, solution: Solution, names: Names) -> Iterator[Place]:
    """The quantities that one part asks for in one iteration, each once."""
    told: set[Atom] = set()
    for ask in part.ask:
        lister = LISTERS.get(ask)
        if lister is not None:
            atoms: Iterable[Atom] = lister(solution, iteration)
        else:
            atoms = meant(names.resolve(ask), iteration, solution, names)
        for atom in atoms:
            if atom in told:
                continue
            told.add(atom)
            named, holder = atom, atom
            if isinstance(atom, Symbol) and atom.role is Role.DELTA and solution.how.sign > 0:
                named = Partial(LOSS, atom._replace(role=Role.PRE_ACTIVATION))
            yield Place(named, holder, iteration.number, part=part.label)


def everything(solution: Solution) -> Iterator[Place]:
    """Yield every quantity of a solution, givens first, then iteration by iteration."""
    problem = solution.problem
    first = solution.iterations[0]
    training = problem.training is not None
    several = len(problem.samples) > 1
    seen: set[int] = set()
    for iteration in solution.iterations:
        t = iteration.number
        for label, number in zip(iteration.labels, iteration.samples, strict=True):
            if number in seen:
                continue
            seen.add(number)
            sample = problem.samples[number - 1]
            targets = wiring.targets(problem.network, sample)
            for vector, given in ((Symbol.input(), sample.input), *targets):
                for i in range(1, len(given) + 1):
                    reported = vector._replace(to=i, sample=number if several else None)
                    yield Place(reported, vector._replace(to=i, sample=label), t, fixed=True)
        if iteration is first:
            yield from (Place(atom, atom, t, fixed=True) for atom in vectors_given(solution))
        if training or iteration is first:
            for layer in solution.layers:
                for atom, holder in standing(layer):
                    yield Place(atom, holder, t, fixed=not training)
                    yield from _as_bias(atom, holder, t, not training)
            yield from _state_places(solution, iteration, new=False)
        yield from (Place(atom, atom, t) for atom in values_of(solution, iteration))
        yield from (Place(atom, atom, t) for atom in products_of(solution, iteration))
        if not problem.differentiated:
            continue
        yield from (Place(atom, atom, t) for atom in _of_loss(solution, iteration))
        for layer in solution.layers:
            for atom, holder in standing(layer):
                yield Place(_gradient(atom), _gradient(holder), t)
                yield from _as_bias(_gradient(atom), _gradient(holder), t, False)
        if training:
            yield from _update_places(solution, iteration)
            yield from (Place(atom, atom, t) for atom in values_after(solution, iteration))
            after = LOSS._replace(new=True)
            if after in iteration.values.stored:
                yield Place(after, after, t)
        if EPOCH_LOSS in iteration.values.stored:
            yield Place(EPOCH_LOSS, EPOCH_LOSS, t)


# ------------------------------------------------------------------ lists of quantities


def vectors_given(solution: Solution) -> Iterator[Symbol]:
    """The entries of the vectors that the Jacobian is multiplied by."""
    for product in PRODUCTS.values():
        entries = product.given(solution.problem.jacobian)
        yield from (Symbol(product.vector, to=place) for place in range(1, len(entries) + 1))


def _as_bias(atom: Atom, holder: Atom, iteration: int, fixed: bool) -> Iterator[Place]:
    """A threshold θ said as the bias −θ."""
    symbol = atom if isinstance(atom, Symbol) else atom.wrt
    if symbol.role is Role.THRESHOLD:
        bias = symbol._replace(role=Role.BIAS)
        said = bias if isinstance(atom, Symbol) else Partial(atom.of, bias)
        yield Place(said, holder, iteration, fixed, opposite=True)


def _gradient(atom: Atom) -> Partial:
    assert isinstance(atom, Symbol)
    return Partial(LOSS, atom)


def _of_loss(solution: Solution, iteration: Iteration) -> Iterator[Atom]:
    if solution.problem.losses:
        yield LOSS
    for label in iteration.labels:
        if solution.problem.losses:
            yield from _errors(solution, label)
        for layer in reversed(solution.layers):
            yield from (Partial(LOSS, layer.a(j, label)) for j in layer.units)
            yield from (Partial(LOSS, layer.z(j, label)) for j in layer.units)
            if layer.joint:
                continue
            yield from (Partial(layer.a(j, label), layer.z(j, label)) for j in layer.units)
        for layer in reversed(solution.layers):
            if Symbol.delta(layer.index, sample=label) in iteration.values.stored:
                yield from (Symbol.delta(layer.index, j, sample=label) for j in layer.units)
        yield from (
            Partial(LOSS, Symbol.input(i, sample=label))
            for i in range(1, solution.problem.network.inputs + 1)
        )


def _errors(solution: Solution, label: int | None) -> Iterator[Atom]:
    for vector, given in wiring.targets(solution.problem.network, solution.problem.samples[0]):
        yield from (Symbol.error(k, vector.layer, sample=label) for k in range(1, len(given) + 1))
    output = solution.output
    if len(wiring.ends(solution.problem.network)) > 1:
        return
    if not all(loss_of(term).separable for term in solution.problem.losses):
        return
    for k in output.units:
        loss = Symbol(Role.OUTPUT_LOSS, to=k, sample=label)
        yield loss
        yield Partial(loss, output.a(k, label))
        for layer in solution.layers[:-1]:
            yield from (Partial(loss, layer.a(j, label)) for j in layer.units)


def _update_places(solution: Solution, iteration: Iteration) -> Iterator[Place]:
    for flag in ("change", "new"):
        for layer in solution.layers:
            held = frozenset(layer.held) if flag == "change" else frozenset()
            for atom, holder in standing(layer):
                own, source = atom._replace(**{flag: True}), holder._replace(**{flag: True})  # type: ignore[arg-type]
                place = Place(own, source, iteration.number, zero=holder in held)
                yield place
                for bias in _as_bias(own, source, iteration.number, False):
                    yield replace(bias, zero=place.zero)
    yield from _state_places(solution, iteration, new=True)


def _state_places(solution: Solution, iteration: Iteration, new: bool) -> Iterator[Place]:
    """What the optimiser has kept for each parameter that moves, at every place where it stands."""
    for layer in solution.layers:
        held = frozenset(layer.held)
        for atom, holder in standing(layer):
            for equation in () if holder in held else kept_by(solution):
                own, source = (one.state(equation.name, new) for one in (atom, holder))
                yield Place(own, source, iteration.number)


# ------------------------------------------------------------------ quantities asked for by name


def meant(atom: Atom, iteration: Iteration, solution: Solution, names: Names) -> Iterator[Atom]:
    """What a quantity asked for by name means in one iteration: its entries, in a batch for each sample.

    Nothing where it is the loss of an epoch that this iteration does not end. Raises: UnknownQuantityError.
    """
    reason = refusal(atom, solution.problem)
    if reason is not None:
        raise UnknownQuantityError(f"{canonical(atom)} is asked, but {reason}")
    if isinstance(atom, Symbol) and atom.role is Role.EPOCH_LOSS and atom not in iteration.values.stored:
        return
    if atom in _AFTER and LOSS._replace(new=True) not in iteration.values.stored:
        raise UnknownQuantityError(
            f"{canonical(atom)} is asked, but after the update of iteration {iteration.number} a prediction "
            "leaves the loss's domain"
        )
    for label in iteration.labels if belongs_to_sample(atom) else (None,):
        for entry in names.entries(atom):
            yield of_sample(entry, label)


_AFTER = (LOSS._replace(new=True), Symbol(Role.SAMPLE_LOSS, new=True), LOSS_DECREASE)
_OF_SAMPLES = frozenset(
    {
        Role.INPUT, Role.TARGET, Role.PRE_ACTIVATION, Role.ACTIVATION, Role.ERROR, Role.OUTPUT_LOSS,
        Role.SAMPLE_LOSS, Role.DELTA, Role.JACOBIAN_VECTOR, Role.VECTOR_JACOBIAN,
    }
)  # fmt: skip


def belongs_to_sample(atom: Atom) -> bool:
    """Whether a quantity has a value for each sample of a batch."""
    if isinstance(atom, Symbol):
        return atom.role in _OF_SAMPLES
    return belongs_to_sample(atom.of) or belongs_to_sample(atom.wrt)


def of_sample(atom: Atom, label: int | None) -> Atom:
    """The quantity `atom` of one sample of a batch."""
    if isinstance(atom, Symbol):
        return atom._replace(sample=label) if atom.role in _OF_SAMPLES else atom
    of, wrt = of_sample(atom.of, label), of_sample(atom.wrt, label)
    assert isinstance(of, Symbol)
    assert isinstance(wrt, Symbol)
    return Partial(of, wrt)
