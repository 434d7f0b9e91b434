"""Values of quantities: the true ones, and those that a page that rounds each step has written down."""

from __future__ import annotations

from abc import ABC, abstractmethod
from fractions import Fraction

from nbsolve.checking.audit import optimising
from nbsolve.checking.audit.evaluate import Unknown, Vector
from nbsolve.checking.audit.names import Key, indices
from nbsolve.checking.audit.world_letters import WorldLetters
from nbsolve.checking.oracle import activations, losses, optimisers, own, passes, rates
from nbsolve.checking.oracle.numbers import Number, Real
from nbsolve.checking.oracle.rounding import Digits, as_fraction, places, round_half_away
from nbsolve.checking.oracle.spec import Loss


class WorldValues(WorldLetters, ABC):
    """Values of one problem."""

    between: Digits
    each_step: bool
    true: dict[Key, Number]
    carried: dict[Key, Number]

    @abstractmethod
    def value(self, name: str, t: int, *, carried: bool) -> Number | Vector:
        """The value of a name in iteration t."""

    def own_functions(self, name: str) -> list[tuple[str, dict[str, Fraction], str]]:
        """The own formulae, with their parameters, that a letter goes into: as z of its layer, or as a loss's a."""
        letter, at = indices(name)
        if letter in ("z", "z_new") and at:
            found = [(*self.spec.layers[at[0] - 1].function(at[1]), "z")]
        elif letter in ("a", "a_new") and at[0] in self.spec.ends:
            place = self.spec.place_of(*at)
            found = [
                (loss.name, loss.parameters, "a")
                for loss in self.spec.losses
                if not losses.is_joint(loss) and self._is_of(loss, place)
            ]
        else:
            return []
        return [
            (function.removeprefix(own.OWN), dict(given), variable)
            for function, given, variable in found
            if function.startswith(own.OWN)
        ]

    @staticmethod
    def _is_of(loss: Loss, place: int) -> bool:
        """Whether a term of the loss is of an output, counted from 0 through all output layers."""
        first, last = loss.columns.start, loss.columns.stop
        return first is None or first <= place < last

    def own_points(self, name: str, sample: int | None) -> list[tuple[str, dict[str, Number], str]]:
        """The points of an own loss, with the target among its parameters."""
        found: list[tuple[str, dict[str, Number], str]] = []
        for formula, given, variable in self.own_functions(name):
            point: dict[str, Number] = dict(given)
            if variable == "a" and self.spec.targets is not None and sample is not None:
                point["y"] = self.spec.targets[sample - 1][self.spec.place_of(*indices(name)[1])]
            found.append((formula, point, variable))
        return found

    # values

    def _add_parts_of_loss(self) -> None:
        """What has letters but no entries: the losses of one sample and of each term, the penalty, constants."""
        for number, layer in enumerate(self.spec.layers, 1):
            if layer.constant is not None:
                self.true[f"one[{number}][1]", None, None] = layer.constant
        if self.spec.targets is None or not self.spec.losses:
            return
        for t in range(1, self.spec.iterations + 1):
            batch = self.spec.batch_of(t)
            for mark in ("", "_new"):
                if (f"a{mark}[{self.spec.ends[0]}][1]", t, batch[0] + 1) in self.true:
                    self._add_parts_at(t, batch, mark)
            if ("L_new", t, None) in self.true:
                self.true["L - L_new", t, None] = self.true["L", t, None] - self.true["L_new", t, None]

    def _add_parts_at(self, t: int, batch: list[int], mark: str) -> None:
        spec, targets = self.spec, self.spec.targets or []
        totals: dict[int, Number] = {}
        for s in batch:
            outputs = [name.replace("a[", f"a{mark}[") for name in spec.all_outputs()]
            every = [self.true[name, t, s + 1] for name in outputs]
            for n, term in enumerate(spec.losses, 1):
                a, y = every[term.columns], targets[s][term.columns]
                value = losses.factor(term, len(a)) / term.weight * losses.total(term, a, y)
                self.true[f"L_term{mark}[{n}]", t, s + 1] = value  # its weight stands before its letter
                totals[n] = totals.get(n, Fraction(0)) + spec.weight_of(s) * value
            parts = [self.true[f"L_term{mark}[{n}]", t, s + 1] for n in totals]
            whole = (term.weight * v for term, v in zip(spec.losses, parts, strict=True))
            self.true[f"L{mark}", t, s + 1] = sum(whole, Fraction(0))
            self.true[f"L_sample{mark}", t, s + 1] = self.true[f"L{mark}", t, s + 1]
        share = passes.share_of_sample(spec, len(batch))
        for n, value in totals.items():
            self.true[f"L_term{mark}[{n}]", t, None] = share * value
        if spec.penalty is not None:
            weights = [v for (q, i, _), v in self.true.items() if i == t and q.startswith(f"W{mark}[")]
            self.true[f"penalty{mark}", t, None] = passes.penalty(spec, weights, len(batch))

    def key(self, name: str, t: int) -> Key:
        """The key of a plain quantity in iteration t."""
        quantity, _, sample = name.partition("@")
        if quantity == "learning_rate" and self.spec.schedule:
            return quantity, t, None
        if quantity in ("strength", *self.spec.settings):
            return quantity, None, None
        batch = self.spec.batch_of(t)
        samples: list[int | None] = [int(sample)] if sample else [None]
        if not sample and len(batch) == 1:
            samples.append(batch[0] + 1)
        for s in samples:
            for i in (t, None):
                if (quantity, i, s) in self.true:
                    return quantity, i, s
        raise Unknown(f"{name} in iteration {t}")

    def before(self, name: str, t: int) -> Number | None:
        """What a new parameter was before the update; None for any other quantity."""
        if indices(name)[0] not in ("W_new", "b_new", "theta_new"):
            return None
        return self.number(self.key(name.replace("_new", "", 1), t), carried=True)

    def number(self, key: Key, *, carried: bool) -> Number:
        """The value of a key."""
        if not carried or not self.each_step:
            return self.true[key]
        quantity, t, s = key
        if t is None or (t == 1 and indices(quantity)[0] in ("W", "b", "theta")):
            return self.true[key]
        if key in self.carried:
            return self.carried[key]
        letter, numbers = indices(quantity)
        if optimising.STATE.fullmatch(letter):
            return self._state(key)
        if quantity in ("t", "k") or (quantity == "learning_rate" and self.spec.schedule.listed):
            return self.true[key]
        if letter in ("W", "b", "theta") and not self.trained(quantity):
            return self.number((quantity, t - 1, s), carried=True)
        if letter in ("W", "b", "theta"):
            old = quantity.replace(letter, f"{letter}_new", 1), t - 1, s
            return self.carried[old] if old in self.carried else self._unseen(key)
        if letter in ("W_new", "b_new", "theta_new") and not self.trained(quantity):
            return self.number((quantity.replace("_new", ""), t, s), carried=True)
        if letter in ("b_new", "b", "b_change") and self.spec.layers[numbers[0] - 1].shared:
            return self.carried[f"{letter}[{numbers[0]}][1]", t, s]
        if letter in ("z_new", "a_new", "L_new"):
            return self._after(key)
        raise Unknown(f"{quantity} is not written down in iteration {t}")

    def _state(self, key: Key) -> Number:
        """What an optimiser keeps, or finds, each value rounded as it is written down."""
        quantity, t, _ = key
        letter, numbers = indices(quantity)
        found = optimising.STATE.fullmatch(letter)
        assert found is not None
        assert t is not None
        kind, role, new = found.groups()
        rest = quantity.partition("[")[2]
        if numbers and role == "b" and self.spec.layers[numbers[0] - 1].shared:
            rest = f"{numbers[0]}][1]"
        if not new and kind not in optimisers.ON_THE_WAY:
            if t == 1 or not self.trained(f"{role}[{rest}"):
                return self.true[key]
            before = f"{kind}_{role}_new[{rest}", t - 1, None
            return self.number(before, carried=True) if t - 1 in self.spec.show else self._unseen(key)
        kept = {
            one: self.number((f"{one}_{role}[{rest}", t, None), carried=True)
            for one in optimisers.KEPT[self.spec.optimiser]
        }
        gradient = self.value(f"∂L/∂{role}[{rest}", t, carried=True)
        w = self.number((f"{role}[{rest}", t, None), carried=True)
        if not isinstance(gradient, Fraction | Real):
            raise Unknown(f"the gradient of {role}[{rest}")
        if self.spec.clip:
            norm = (
                self.number(("norm", t, None), carried=True) if self.spec.clip.how == "norm" else Fraction(0)
            )
            gradient = self.rounded(rates.clipped(self.spec.clip.how, self.spec.clip.limit, gradient, norm))
        if kind == "clipped":
            return gradient
        rate = self.spec.own_rates.get(f"{role}[{rest}") or self.value("learning_rate", t, carried=True)
        settings = {**self.spec.settings, "learning_rate": rate}
        _, values = optimisers.update(
            self.spec.optimiser, settings, w, gradient, kept, self.spec.updates + t, self.rounded
        )
        value: Number = values[kind]
        return value

    def _after(self, key: Key) -> Number:
        """The forward pass after the update where the page only says what came of the loss: step by step."""
        quantity, t, _ = key
        if t is None or self.spec.targets is None or quantity != "L_new":
            raise Unknown(f"{quantity} is not written down in iteration {t}")
        batch = self.spec.batch_of(t)
        found: list[Number] = []
        for s in batch:
            every, targets = self._forward_after(t, list(self.spec.inputs[s])), self.spec.targets[s]
            found_of = ((u, every[u.columns], targets[u.columns]) for u in self.spec.losses)
            parts = [losses.factor(u, len(a)) / u.weight * losses.total(u, a, y) for u, a, y in found_of]
            if len(parts) > 1:
                parts = [self.rounded(part) for part in parts]
            found.append(
                sum((u.weight * v for u, v in zip(self.spec.losses, parts, strict=True)), Fraction(0))
            )
        if len(found) > 1:
            found = [self.rounded(value) for value in found]
        found = [self.spec.weight_of(s) * value for s, value in zip(batch, found, strict=True)]
        loss = passes.share_of_sample(self.spec, len(batch)) * sum(found, Fraction(0))
        if self.spec.penalty is not None:
            names = [q for q, i, _ in self.true if i == t and q.startswith("W_new[")]
            weights = [self.number((name, t, None), carried=True) for name in names]
            loss = loss + self.rounded(passes.penalty(self.spec, weights, len(batch)))
        return self.rounded(loss)

    def _forward_after(self, t: int, values: list[Number]) -> list[Number]:
        """The outputs with the new parameters, each value rounded as it is written down."""
        outs: list[list[Number]] = [values]
        for number, layer in enumerate(self.spec.layers, 1):
            z: list[Number] = []
            if layer.adds:
                parts = zip(*(outs[source] for source in layer.sources), strict=True)
                z = [
                    self.rounded(max(terms) if layer.largest else sum(terms, Fraction(0))) for terms in parts
                ]
            for j in [] if layer.adds else range(1, layer.units + 1):
                incoming = passes.taken(self.spec, number, outs)
                names = [
                    self.spec.weight(number, j, i).replace("W[", "W_new[")
                    for i in range(1, len(incoming) + 1)
                    if self.spec.exists(number, j, i)
                ]
                there = [v for i, v in enumerate(incoming, 1) if self.spec.exists(number, j, i)]
                weights = [self.number((name, t, None), carried=True) for name in names]
                total = sum((w * v for w, v in zip(weights, there, strict=True)), Fraction(0))
                if layer.bias is not None:
                    letter = "theta" if layer.threshold else "b"
                    bias = self.number((f"{letter}_new[{number}][{j}]", t, None), carried=True)
                    total = total - bias if layer.threshold else total + bias
                z.append(self.rounded(total))
            outs.append([self.rounded(v) for v in activations.layer_values(layer, z)])
        return [a for end in self.spec.ends for a in outs[end]]

    def rounded(self, value: Number) -> Fraction:
        """A value as it is written down."""
        exact = as_fraction(value)
        return round_half_away(exact, places(exact, self.between))

    def _unseen(self, key: Key) -> Number:
        """A parameter that iterations left which are not written out."""
        _, t, _ = key
        if t is not None and t - 1 not in self.spec.show:
            return Fraction(self.printed[key])
        raise Unknown(f"{key[0]} is not written down in iteration {t}")

    def trained(self, quantity: str) -> bool:
        """Whether a parameter is moved."""
        letter, at = indices(quantity)
        layer = self.spec.layers[at[0] - 1]
        return (
            layer.weights_trainable[at[1] - 1][at[2] - 1]
            if letter[0] == "W"
            else layer.bias_trainable[at[1] - 1]
        )

    def copied(self, name: str) -> str | None:
        """The quantity whose value ∂z/∂a, ∂z/∂x (a weight) or ∂z/∂W (an activation, an input) is."""
        if not name.startswith("∂z") or "|" in name:
            return None
        top, _, bottom = name[1:].partition("/∂")
        (upper, up), (lower, low) = indices(top), indices(bottom)
        sample = top.partition("@")[2] or bottom.partition("@")[2]
        mark = f"@{sample}" if sample else ""
        if upper != "z" or self.spec.layers[up[0] - 1].adds:
            return None
        incoming = self.spec.incoming(up[0])
        if lower in ("a", "x"):
            unit = (low[0], low[1]) if lower == "a" else (0, low[0])
            if unit not in incoming:
                raise Unknown(name)
            column = incoming.index(unit) + 1
            return self.spec.weight(up[0], up[1], column) if self.spec.exists(up[0], up[1], column) else None
        if lower == "W":
            for column, (source, own) in enumerate(incoming, 1):
                if self.spec.weight(up[0], up[1], column) == bottom and self.spec.exists(
                    up[0], up[1], column
                ):
                    if source < 0:
                        return f"one[{-source}][1]"
                    return (f"a[{source}][{own}]" if source else f"x[{own}]") + mark
        return None
