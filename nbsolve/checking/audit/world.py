"""What every letter of a page stands for, and its value: from the reference at 60 digits, or as carried on paper.

Names of quantities are the canonical ones, with `@s` for the sample where the letter names it (`z[1][2]@3`);
derivatives are `∂X/∂Y`, the share of a path `∂X/∂Y|a[2][1]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from fractions import Fraction
from random import Random
from typing import Any

from nbsolve.checking.audit.evaluate import Unknown, Vector
from nbsolve.checking.audit.logarithms import has_logarithm, snapped
from nbsolve.checking.audit.names import Entry, Key, indices
from nbsolve.checking.audit.other_networks import FAR, KINKED, distinguishes, disturbed, elsewhere
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.world_givens import givens_of, texts_in
from nbsolve.checking.audit.world_values import WorldValues
from nbsolve.checking.oracle import activations, losses, network, own, passes
from nbsolve.checking.oracle.numbers import Number, big, sign
from nbsolve.checking.oracle.rounding import Digits
from nbsolve.checking.oracle.spec import Spec


class World(WorldValues):
    """Names of letters and values of names, of one problem."""

    def __init__(
        self,
        spec: Spec,
        node: Mapping[str, Any],
        entries: Iterable[Entry],
        between: Digits,
        wholes: Mapping[str, str],
    ) -> None:
        self.between = between
        self.spec = spec
        self.node = node
        self.depth = len(spec.layers)
        to_base = any(layer.activation == "softmax_with_base" for layer in spec.layers)
        self.logarithms = to_base or any(map(has_logarithm, texts_in(node)))
        """Whether givens are such as ln(3): then values that are rational are found by their digits."""
        self.true: dict[Key, Number] = dict(network.solve(spec))
        if self.logarithms:
            self.true = {key: snapped(value) for key, value in self.true.items()}
        self._add_parts_of_loss()
        self.carried: dict[Key, Number] = {}
        rounding = node.get("rounding") or {}
        self.each_step = rounding.get("apply") == "each_step"
        self.symbols: dict[tuple[str, ...], str] = {}
        self.printed: dict[Key, str] = {}
        self.entries = list(entries)
        self._read_symbols()
        for letter, name in wholes.items():
            self.symbols.setdefault(read_tokens(letter), name)
        self.givens = givens_of(node, spec)

    def shadow(self) -> World:
        """These letters over another network, all of whose numbers differ: there a wrong index shows."""
        other = copy(self)
        other.each_step = False
        for size in (5, 8, 12):
            other.spec, free = disturbed(self.spec, size)
            other.true = dict(network.solve(other.spec))
            other._add_parts_of_loss()
            if free or other._sides() == self._sides():
                return other
        return self  # a value lies on a kink: any other network would be on one side of it

    def far(self) -> list[World]:
        """These letters over networks with quite other numbers: there every case of an own function occurs.

        So does every sign of a weight whose penalty has a kink.
        """
        bends = self.spec.penalty is not None and self.spec.penalty.bends
        functions = {name for layer in self.spec.layers for name, _ in layer.all_functions} | {
            loss.name for loss in self.spec.losses
        }
        if not bends and not any(distinguishes(name) for name in functions):
            return []
        found: list[World] = []
        for n in range(FAR):
            other = copy(self)
            other.each_step = False
            other.spec = elsewhere(self.spec, Random(n))
            try:
                other.true = dict(network.solve(other.spec))
                other._add_parts_of_loss()
            except (ValueError, ZeroDivisionError, OverflowError):
                continue  # a logarithm that has no value there
            found.append(other)
        return found

    def _sides(self) -> dict[Key, object]:
        """On which side of every kink the values are."""
        bends = self.spec.penalty is not None and self.spec.penalty.bends
        deltas = [
            loss.parameters.get("delta", Fraction(1)) for loss in self.spec.losses if loss.name == "huber"
        ]
        out: dict[Key, object] = {}
        for key, value in self.true.items():
            letter, at = indices(key[0])
            distance = -value if value < 0 else value
            if letter == "norm" and self.spec.clip.how == "norm":
                out[key] = sign(value - self.true["clip", None, None])
            elif (letter == "W" and bends) or self._may_bend(letter, at):
                out[key] = sign(value)
            elif letter == "e" or (letter == "dL/da" and at[0] in self.spec.ends):
                out[key] = sign(value), *(distance <= d for d in deltas)
            out |= {
                (f"own {key[0]} {n}", key[1], key[2]): sides for n, sides in enumerate(self._own_sides(key))
            }
        return out

    def _may_bend(self, letter: str, at: list[int]) -> bool:
        """Whether a pre-activation is that of a function with a kink at 0."""
        kinked = {*KINKED, "relu"}
        return letter in ("z", "z_new") and self.spec.layers[at[0] - 1].function(at[1])[0] in kinked

    def _own_sides(self, key: Key) -> list[tuple[int, ...]]:
        """On which sides an own function's comparisons come out at one value."""
        name, _, sample = key
        return [
            tuple(int(sign(x - y)) for x, y in own.comparisons(formula, point | {variable: self.true[key]}))
            for formula, point, variable in self.own_points(name, sample)
        ]

    def value(self, name: str, t: int, *, carried: bool) -> Number | Vector:
        """The value of a name in iteration t: the true one, or the one that is written down."""
        if name.startswith("∂"):
            return self._derivative(name, t, carried)
        if name.startswith("ell' "):
            return self._slope_of_loss(name.removeprefix("ell' "), t, carried)
        if name.startswith("vector "):
            return self._vector(name.removeprefix("vector "), t, carried)
        if name == "strength" and self.spec.penalty is not None:
            return self.spec.penalty.strength
        if name.startswith(("S[", "S_new[")):
            return self._sum_of_exponentials(name, t, carried)
        return self.number(self.key(name, t), carried=carried)

    def _sum_of_exponentials(self, name: str, t: int, carried: bool) -> Number:
        """What softmax divides by; where the largest z is far from 0 it is subtracted from each."""
        letter, (layer,) = indices(name)
        z, mark = letter.replace("S", "z"), "@" + sample if (sample := name.partition("@")[2]) else ""
        units = range(1, self.spec.layers[layer - 1].units + 1)
        of = self.spec.layers[layer - 1]
        found = [self.number(self.key(f"{z}[{layer}][{j}]{mark}", t), carried=carried) for j in units]
        largest = max(found)
        far = abs(float(big(largest / activations.temperature(of.activation, of.parameters)))) > 230
        shifted = [value - largest for value in found] if far else found
        return sum(activations.powers(of.activation, of.parameters, shifted), Fraction(0))

    def _vector(self, name: str, t: int, carried: bool) -> Vector:
        stem, _, sample = name.partition("@")
        _, numbers = indices(stem)
        size = self.spec.layers[numbers[0] - 1].units if numbers else self.spec.layers[-1].units
        size = len(self.spec.inputs[0]) if stem in ("v", "uJ") else size
        mark = f"@{sample}" if sample else ""
        out = [self.value(f"{stem}[{n}]{mark}", t, carried=carried) for n in range(1, size + 1)]
        return Vector(tuple(v for v in out if not isinstance(v, Vector)))

    # derivatives

    def _slope_of_loss(self, output: str, t: int, carried: bool) -> Number:
        """The batch's loss differentiated with respect to one output, from the outputs as they are written down."""
        layer, k = indices(output)[1]
        _, _, sample = self.key(output, t)
        batch = self.spec.batch_of(t)
        if self.spec.upstream is not None:
            return self.spec.upstream[batch[0] if sample is None else sample - 1][k - 1]
        if self.spec.targets is None:
            raise Unknown("a loss without targets")
        place = self.spec.place_of(layer, k)
        terms = [term for term in self.spec.losses if self._is_of(term, place)]
        y = self.spec.targets[batch[0] if sample is None else sample - 1][terms[0].columns]
        a = [self.number((f"a[{layer}][{j}]", t, sample), carried=carried) for j in range(1, len(y) + 1)]
        slopes = (losses.factor(term, len(y)) * losses.slopes(term, a, y)[k - 1] for term in terms)
        share = passes.share_of_sample(self.spec, len(batch))
        weight = self.spec.weight_of(batch[0] if sample is None else sample - 1)
        return weight * share * sum(slopes, Fraction(0))

    def _derivative(self, name: str, t: int, carried: bool) -> Number | Vector:
        path, _, through = name.partition("|")
        top, _, bottom = path[1:].partition("/∂")
        if through:
            return self._share(top, bottom, through, t, carried)
        upper, up = indices(top)
        lower, low = indices(bottom)
        sample = top.partition("@")[2] or bottom.partition("@")[2]
        mark = f"@{sample}" if sample else ""
        if "@" in top and "@" in bottom and top.partition("@")[2] != bottom.partition("@")[2]:
            raise Unknown(f"{name}: two samples")
        if upper == "L" and not up and "@" not in top:
            quantity, at, batch = self.key(f"dL/d{bottom}", t)
            if self.each_step and carried and (quantity, at, batch) not in self.carried:
                if lower == "a" and low[0] in self.spec.ends:
                    return self._slope_of_loss(bottom, t, carried=True)
                return self._through_delta(quantity, at, batch)
            return self.number((quantity, at, batch), carried=carried)
        if upper in ("L_out",):
            return self.number(self.key(f"dL_out[{up[0]}]/d{bottom}", t), carried=carried)
        if upper == "a" and lower in ("a", "x") and up[0] == self.depth:
            if lower == "a" and low[0] == up[0]:
                return Fraction(int(low[1] == up[1]))
            return self.number(self.key(f"d{top.partition('@')[0]}/d{bottom}", t), carried=carried)
        if upper == "a" and lower == "z" and up[0] == low[0]:
            return self._slope(up[0], up[1], low[1], mark, t, carried)
        if upper == "z" and lower in ("a", "x") and self.spec.layers[up[0] - 1].adds:
            taken, source = self.spec.layers[up[0] - 1], low[0] if lower == "a" else 0
            if up[1] != low[-1] or source not in taken.sources:
                raise Unknown(name)
            if not taken.largest:
                return Fraction(1)
            names = [f"a[{n}][{up[1]}]" if n else f"x[{up[1]}]" for n in taken.sources]
            values = [self.number(self.key(f"{one}{mark}", t), carried=carried) for one in names]
            return Fraction(int(values.index(max(values)) == taken.sources.index(source)))
        copied = self.copied(name)
        if copied is not None:
            return self.number(self.key(copied, t), carried=carried)
        if upper == "z" and lower in ("b", "theta") and up[0] == low[0]:
            if up != low and not self.spec.layers[up[0] - 1].shared:
                raise Unknown(name)
            return Fraction(1 if lower == "b" else -1)
        raise Unknown(name)

    def _through_delta(self, quantity: str, t: int | None, s: int | None) -> Number:
        """∂L/∂z where only δ, or the other way round, is written down."""
        if quantity.startswith("dL/dz"):
            return self.spec.delta * self.carried[quantity.replace("dL/dz", "delta"), t, s]
        letter, numbers = indices(quantity.removeprefix("dL/d"))
        if letter == "b" and self.spec.layers[numbers[0] - 1].shared:
            return self.carried[f"dL/db[{numbers[0]}][1]", t, s]
        raise Unknown(f"{quantity} is not written down in iteration {t}")

    def _slope(self, layer: int, k: int, j: int, mark: str, t: int, carried: bool) -> Number:
        kind = self.spec.layers[layer - 1]
        if kind.activation in activations.WHOLE:
            units = range(1, kind.units + 1)
            a = [self.number(self.key(f"a[{layer}][{n}]{mark}", t), carried=carried) for n in units]
            return activations.local(kind.activation, kind.parameters, k, j, a)
        if k != j:
            raise Unknown(f"∂a[{layer}][{k}]/∂z[{layer}][{j}]")
        key = self.key(f"da/dz[{layer}][{j}]{mark}", t)
        if carried and self.each_step and key not in self.carried:
            z = self.number(self.key(f"z[{layer}][{j}]{mark}", t), carried=True)
            return activations.slope_of(kind, j, z)
        return self.number(key, carried=carried)

    def _share(self, top: str, bottom: str, through: str, t: int, carried: bool) -> Number:
        """What ∂L/∂a gets through one unit of the next layer."""
        lower, low = indices(bottom)
        upper, up = indices(through)
        sample = bottom.partition("@")[2]
        mark = f"@{sample}" if sample else ""
        other = through.partition("@")[2] != bottom.partition("@")[2]
        unit, incoming = (low[0], low[-1]), self.spec.incoming(up[0])
        if top != "L" or lower != "a" or upper not in ("a", "z") or unit not in incoming or other:
            raise Unknown(f"the share of {bottom} through {through}")
        key = (f"share[{low[0]}][{low[1]}][{up[1]}]", t, int(sample) if sample else None)
        if carried and self.each_step:
            return self.carried[key]
        error = self.number(self.key(f"dL/dz[{up[0]}][{up[1]}]{mark}", t), carried=False)
        if self.spec.layers[up[0] - 1].adds:
            slope = self._derivative(f"∂z[{up[0]}][{up[1]}]{mark}/∂{bottom}", t, carried=False)
            assert not isinstance(slope, Vector)
            return error * slope
        weight = self.spec.weight(up[0], up[1], incoming.index(unit) + 1)
        return error * self.number(self.key(weight, t), carried=False)

    def definition(self, name: str, t: int) -> Key | None:
        """Where the carried value of a name goes."""
        if name.startswith("∂") and "|" in name:
            bottom, _, through = name.partition("/∂")[2].partition("|")
            low, up = indices(bottom)[1], indices(through)[1]
            sample = bottom.partition("@")[2]
            return f"share[{low[0]}][{low[1]}][{up[1]}]", t, int(sample) if sample else None
        if name.startswith("∂"):
            top, _, bottom = name[1:].partition("/∂")
            letter = indices(top)[0]
            if letter == "L":
                return self.key(f"dL/d{bottom}", t)
            if letter == "L_out":
                return self.key(f"dL_out[{indices(top)[1][0]}]/d{bottom}", t)
            if letter == "a" and indices(bottom)[0] in ("a", "x"):
                return self.key(f"d{top.partition('@')[0]}/d{bottom}", t)
            if letter == "a" and indices(top)[1] == indices(bottom)[1]:
                return self.key(f"da/dz{top.removeprefix('a')}", t)
            return None
        return self.key(name, t)
