"""Where in a problem's file the things lie that vary: from a name to the paths of its values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nbsolve.errors import Fault, ProblemError, UnknownQuantityError
from nbsolve.notation import Names
from nbsolve.problem import wiring
from nbsolve.problem.cursor import shown, suggestion
from nbsolve.problem.graphs.given import start_of
from nbsolve.problem.jacobian_vectors import PRODUCTS
from nbsolve.problem.model import AnyProblem, Problem
from nbsolve.problem.model.variants import Source, Variants, Varied
from nbsolve.problem.tree import Entries, Items, Node, Scalar
from nbsolve.problem.varying import KEY, is_number
from nbsolve.symbol import Partial, Role, Symbol, parse_canonical
from nbsolve.variants.fitting import unfit

__all__ = ["Finder", "Path", "Target", "node_at", "targets_of"]

Path = tuple[str | int, ...]
_STEPS = re.compile(r"\[([0-9]+)\]|\.?([^.\[\]]+)")
_GROUPS = ("weights", "biases", "inputs", "targets", "learning_rate", "activations")
"""Names that mean several things of a network at once."""
_INNER = ("value", "shared")
"""The keys under which the numbers of parameters lie where more is said of them."""
_PARAMETERS = {"weights": ("weights",), "biases": ("bias", "threshold")}
_SAMPLES = {"inputs": ("input", "x"), "targets": ("target", "y")}
_VECTORS = {product.vector: product.side for product in PRODUCTS.values()}
_ROLES = {Role.INPUT: "inputs", Role.TARGET: "targets"}


@dataclass(frozen=True, slots=True)
class Target:
    """One thing that varies: the paths of what is replaced, and what by.

    `layer`: the layer (from 0) whose weights or constants stand there, all of them.
    """

    name: str
    paths: tuple[Path, ...]
    source: Source
    layer: int | None = None


def targets_of(
    problem: AnyProblem, tree: Node, variants: Variants, usual: tuple[Varied, ...] = ()
) -> tuple[Target, ...]:
    """What varies in a problem (`usual` where its file does not say); widths come first. Raises: ProblemError."""
    finder = Finder(problem, tree)
    faults: list[Fault] = []
    found: list[Target] = []
    for one in variants.vary or usual:
        try:
            found += finder.targets(one)
        except UnknownQuantityError as error:
            path = f"{KEY}.vary.{one.name}"
            message, _, hint = str(error).partition("\n")
            faults.append(Fault(message, variants.file, one.line, one.column, path, hint=hint or None))
    if faults:
        raise ProblemError(faults)
    return tuple(sorted(found, key=lambda target: target.paths[0][-1] not in ("units", "inputs")))


@dataclass(frozen=True)
class Finder:
    """Finds what stands where in the file of a problem."""

    problem: AnyProblem
    tree: Node

    def targets(self, one: Varied) -> Iterator[Target]:
        """What a name means. Raises: UnknownQuantityError, whose text may end with a hint on a line of its own."""
        for layer, paths in self._places(one.name):
            for path in paths:
                if reason := unfit(node_at(self.tree, path), one.source):
                    raise UnknownQuantityError(f"{one.name} {reason}")
            yield Target(one.name, paths, one.source, layer)

    def _places(self, name: str) -> Iterator[tuple[int | None, tuple[Path, ...]]]:
        path = _path(name)
        assert isinstance(self.tree, Entries)
        if isinstance(self.problem, Problem):
            if name in _GROUPS:
                yield from self._group(name)
                return
        elif (given := self._named(path)) is not None:
            yield None, (given,)
            return
        elif name in _SAMPLES and "samples" in self.tree.entries:
            yield None, tuple(self.of_samples(name))
            return
        if path and path[0] in self.tree.entries and path[0] != KEY:
            yield None, (self._existing(path, name),)
            return
        if not isinstance(self.problem, Problem):
            known = [*self._names(), *(key for key in self.tree.entries if key != KEY)]
            raise _unknown(name, known)
        yield from self._quantity(name)

    # ------------------------------------------------------------------ paths

    def _existing(self, path: Path, name: str) -> Path:
        for depth in range(1, len(path) + 1):
            if node_at(self.tree, path[:depth]) is None:
                before = node_at(self.tree, path[: depth - 1])
                known = list(before.entries) if isinstance(before, Entries) else []
                hint = suggestion(str(path[depth - 1]), known)
                count = f"; there are {len(before.items)}, from 0" if isinstance(before, Items) else ""
                raise UnknownQuantityError(f"the file has no {name}{count}" + (f"\n{hint}" if hint else ""))
        return path

    def _names(self) -> list[str]:
        """The given quantities of a problem that is no network."""
        assert isinstance(self.tree, Entries)
        found: list[str] = []
        for key in ("given", "parameters"):
            node = self.tree.entries.get(key)
            found += list(node.entries) if isinstance(node, Entries) else []
        return found

    def _named(self, path: Path) -> Path | None:
        """A given quantity of a graph or an update, or one entry of it, counted from 1; h[0] may be called h0."""
        for own in self._names():
            name, start = start_of(own)
            rest = path[1:] if path[:1] == (name,) else path[2:]
            if start is not None and (path[:1] == (name,) or path[:2] == start):
                return ("given", own, *(step - 1 for step in rest if isinstance(step, int)))
        for key in ("given", "parameters"):
            if path and node_at(self.tree, (key, path[0])) is not None:
                place: Path = (key, path[0], *(step - 1 for step in path[1:] if isinstance(step, int)))
                return place if node_at(self.tree, place) is not None else None
        return None

    # ------------------------------------------------------------------ networks

    def _layers(self) -> int:
        layers = node_at(self.tree, ("network", "layers"))
        return len(layers.items) if isinstance(layers, Items) else 0

    def _group(self, name: str) -> Iterator[tuple[int | None, tuple[Path, ...]]]:
        """All weights, biases, inputs, targets or activations; the learning rate."""
        if name in _PARAMETERS:
            found = [
                (n, path) for n in range(self._layers()) if (path := self.parameters(n, name)) is not None
            ]
            if not found:
                raise UnknownQuantityError(f"the file has no {name}")
            yield from ((number, (path,)) for number, path in found)
        elif name in _SAMPLES:
            yield None, tuple(self.of_samples(name))
        elif name == "activations":
            yield None, tuple(("network", "layers", n, "activation") for n in range(self._layers()))
        else:
            yield None, (self._learning_rate(),)

    def _learning_rate(self) -> Path:
        optimiser = node_at(self.tree, ("training", "optimiser"))
        if isinstance(optimiser, Entries):
            for key in optimiser.entries:
                if node_at(self.tree, path := ("training", "optimiser", key, "learning_rate")) is not None:
                    return path
        raise UnknownQuantityError(
            "the file has no learning rate\nwrite optimiser: {sgd: {learning_rate: 0.1}} under training"
        )

    def parameters(self, layer: int, kind: str) -> Path | None:
        """The numbers of a layer's weights or constants."""
        for key in _PARAMETERS[kind]:
            path: Path = ("network", "layers", layer, key)
            while isinstance(node := node_at(self.tree, path), Entries):
                inner = next((key for key in _INNER if key in node.entries), None)
                if inner is None:
                    return path
                path = (*path, inner)
            if node is not None and not (isinstance(node, Scalar) and not is_number(node)):
                return path
        return None

    def of_samples(self, kind: str) -> Iterator[Path]:
        """Where the `inputs` or the `targets` of each sample stand. Raises: UnknownQuantityError."""
        keys = _SAMPLES[kind]
        samples = node_at(self.tree, ("samples",))
        if not isinstance(samples, Items):
            raise UnknownQuantityError("the samples come from a file, which stays as it is")
        for number, sample in enumerate(samples.items):
            key = next((k for k in keys if isinstance(sample, Entries) and k in sample.entries), None)
            if key is None:
                raise UnknownQuantityError(f"sample {number + 1} has no {keys[0]}")
            yield ("samples", number, key)

    def _quantity(self, name: str) -> Iterator[tuple[int | None, tuple[Path, ...]]]:
        """A weight, a bias, an input, a target, or all of a layer, by any name that the problem knows."""
        assert isinstance(self.problem, Problem)
        atom = Names.of(self.problem).resolve(name)
        if given := list(self._given_instead(atom)):
            yield None, tuple(given)
            return
        if isinstance(atom, Partial) or atom.role not in (
            Role.WEIGHT, Role.BIAS, Role.THRESHOLD, *_ROLES, Role.LEARNING_RATE,
        ) or atom.new or atom.change:  # fmt: skip
            raise UnknownQuantityError(f"{name} is found, not given, so it cannot vary")
        if atom.role is Role.LEARNING_RATE:
            yield None, (self._learning_rate(),)
        elif atom.role in _ROLES:
            paths = [*self.of_samples(_ROLES[atom.role])]
            if atom.sample is not None:
                paths = [paths[atom.sample - 1]]
            found = (inner for path in paths for inner in self._inside(path, atom))
            yield None, tuple(self._existing(path, name) for path in found)
        else:
            yield self._parameter(atom, name)

    def _inside(self, path: Path, atom: Symbol) -> Iterator[Path]:
        """The numbers that are meant where those of a sample stand, by the names of inputs or by layers."""
        assert isinstance(self.problem, Problem)
        named = self.problem.network.named
        if not isinstance(node_at(self.tree, path), Entries):
            yield path if atom.to is None else (*path, _number(atom.to) - 1)
        elif atom.role is Role.TARGET:
            inner = (*path, str(atom.layer))
            yield inner if atom.to is None else (*inner, _number(atom.to) - 1)
        elif atom.to is None:
            yield from ((*path, one.name) for one in named)
        else:
            for one in named:
                numbers = wiring.numbers_of_input(self.problem.network, one.name)
                if atom.to in numbers:
                    alone = isinstance(node_at(self.tree, (*path, one.name)), Scalar)
                    yield (*path, one.name, *(() if alone else (numbers.index(_number(atom.to)),)))

    def _given_instead(self, atom: Symbol | Partial) -> Iterator[Path]:
        """Where samples give a value of a unit; where the vectors stand that the Jacobian is multiplied by."""
        if isinstance(atom, Partial):
            return
        inside = () if atom.to is None else (_number(atom.to) - 1,)
        if (
            atom.role in _VECTORS
            and node_at(self.tree, path := ("jacobian", _VECTORS[atom.role])) is not None
        ):
            yield (*path, *inside)
        samples = node_at(self.tree, ("samples",))
        for number, sample in enumerate(samples.items if isinstance(samples, Items) else ()):
            given = node_at(sample, ("given",))
            for key in given.entries if isinstance(given, Entries) else ():
                whole = atom._replace(to=None, sample=None)
                meant = parse_canonical(key)
                if meant in (atom._replace(sample=None), whole) and atom.sample in (None, number + 1):
                    yield ("samples", number, "given", key, *(inside if meant == whole else ()))

    def _parameter(self, atom: Symbol, name: str) -> tuple[int | None, tuple[Path, ...]]:
        """All of a layer, those of one unit, or one."""
        assert isinstance(self.problem, Problem)
        assert atom.layer is not None
        layer = atom.layer - 1
        whole = self.parameters(layer, "weights" if atom.role is Role.WEIGHT else "biases")
        if whole is None:
            raise UnknownQuantityError(f"the file does not write the numbers of {name} out")
        if atom.to is None:
            return layer, (whole,)
        unit = _number(atom.to) - 1
        if atom.role is not Role.WEIGHT:
            return None, (self._existing(whole if whole[-1] == "shared" else (*whole, unit), name),)
        rows_are_inputs = self.problem.network.layout == "x W + b"
        if atom.from_ is not None:
            columns = self.problem.network.layers[layer].columns
            column = _number(atom.from_)
            places = [(unit, (columns.index(column) if columns else column - 1))]
        else:
            written = node_at(self.tree, (*whole, 0) if not rows_are_inputs else whole)
            places = [(unit, n) for n in range(len(written.items) if isinstance(written, Items) else 0)]
        paths = [(*whole, *(place[::-1] if rows_are_inputs else place)) for place in places]
        return None, tuple(self._existing(path, name) for path in paths)


def node_at(tree: Node, path: Path) -> Node | None:
    """The node at a path; None where there is none."""
    node: Node | None = tree
    for step in path:
        if isinstance(node, Entries) and isinstance(step, str):
            node = node.entries.get(step)
        elif isinstance(node, Items) and isinstance(step, int) and 0 <= step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def _number(place: object) -> int:
    assert isinstance(place, int)
    return place


def _path(name: str) -> Path:
    """`network.layers[0].units`, with positions from 0; () for what is no path."""
    steps: list[str | int] = []
    at = 0
    for match in _STEPS.finditer(name):
        if match.start() != at:
            return ()
        at = match.end()
        steps.append(
            int(match[1]) if match[1] is not None else int(match[2]) if match[2].isdecimal() else match[2]
        )
    return tuple(steps) if at == len(name) else ()


def _unknown(name: str, known: list[str]) -> UnknownQuantityError:
    hint = suggestion(name, known) or f"what can vary: {', '.join(known)}, or what lies in them (a path)"
    return UnknownQuantityError(f"the problem has no {shown(name)}\n{hint}")
