"""What every letter of a page stands for, and its value: from the reference at 60 digits, or as carried on paper.

Names of quantities are the canonical ones, with `@s` for the sample where the letter names it (`z[1][2]@3`);
derivatives are `∂X/∂Y`, the share of a path `∂X/∂Y|a[2][1]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from fractions import Fraction
from random import Random
from typing import Any, Protocol

from nbsolve.checking.audit import optimising
from nbsolve.checking.audit.evaluate import Unknown, Vector
from nbsolve.checking.audit.logarithms import has_logarithm, snapped
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.oracle import activations, losses, network, optimisers, own, passes, rates
from nbsolve.checking.oracle.numbers import Number, Real, big, exp, sign
from nbsolve.checking.oracle.rounding import Digits, as_fraction, places, round_half_away
from nbsolve.checking.oracle.spec import Loss, Spec
from nbsolve.checking.oracle.states import rates_given, state_given

Key = tuple[str, int | None, int | None]
PRODUCTS = ("v", "u", "Jv", "uJ")
"""What the Jacobian is multiplied by, and what comes of it."""
INDEXED = re.compile(r"([\w/]+)((?:\[\d+\])+)")


class Entry(Protocol):
    """What the audit reads of an answer of nbsolve: the letter, and which quantity it names."""

    @property
    def quantity(self) -> str: ...
    @property
    def symbol(self) -> str: ...
    @property
    def iteration(self) -> int | None: ...
    @property
    def sample(self) -> int | None: ...
    @property
    def printed(self) -> str | None: ...


def indices(name: str) -> tuple[str, list[int]]:
    """`W[1][2][3]` as its letter and its numbers, the sample left off."""
    match = INDEXED.match(name)
    if match is None:
        return name.partition("@")[0], []
    return match[1], [int(n) for n in re.findall(r"\d+", match[2])]


class World:
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
        self.logarithms = any(map(has_logarithm, _texts(node)))
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
        self.givens = _givens(node, spec)

    def shadow(self) -> World:
        """These letters over another network, all of whose numbers differ: there a wrong index shows."""
        other = copy(self)
        other.each_step = False
        for size in (5, 8, 12):
            other.spec, free = _disturbed(self.spec, size)
            other.true = dict(network.solve(other.spec))
            other._add_parts_of_loss()
            if free or other._sides() == self._sides():
                return other
        return self  # a value lies on a kink: any other network would be on one side of it

    def far(self) -> list[World]:
        """These letters over networks with quite other numbers: there every case of an own function occurs."""
        functions = {name for layer in self.spec.layers for name, _ in layer.all_functions} | {
            loss.name for loss in self.spec.losses
        }
        if not any(_distinguishes(name) for name in functions):
            return []
        found: list[World] = []
        for n in range(FAR):
            other = copy(self)
            other.each_step = False
            other.spec = _elsewhere(self.spec, Random(n))
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

    def _own_sides(self, key: Key) -> list[tuple[int, ...]]:
        """On which sides an own function's comparisons come out at one value."""
        name, _, sample = key
        return [
            tuple(int(sign(x - y)) for x, y in own.comparisons(formula, point | {variable: self.true[key]}))
            for formula, point, variable in self.own_points(name, sample)
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

    # letters

    def _read_symbols(self) -> None:
        found: dict[tuple[str, ...], set[tuple[str, int | None]]] = {}
        for e in self.entries:
            self.printed[e.quantity, e.iteration, e.sample] = e.printed or ""
            if "\\partial" not in e.symbol:
                found.setdefault(read_tokens(e.symbol), set()).add((e.quantity, e.sample))
        for texts, meanings in found.items():
            quantities = sorted({q for q, _ in meanings})
            samples = {s for _, s in meanings}
            if len(quantities) > 1 and not self._one_shared_bias(quantities):
                raise AssertionError(f"{' '.join(texts)} stands for {quantities}")
            one = len(samples) == 1 and None not in samples and len(self.spec.inputs) > 1
            several = any(len(self.spec.batch_of(t)) > 1 for t in self.spec.show)
            self.symbols[texts] = f"{quantities[0]}@{samples.pop()}" if one and several else quantities[0]
        for texts, name in list(self.symbols.items()):
            letter, numbers = indices(name)
            if letter in ("a", "a_new", "y", "z", "x", *PRODUCTS) and numbers[-1] == 1 and "_" in texts:
                at = texts.index("_")
                sample = name.partition("@")[2]
                bold = ("\\mathbf", texts[0], *texts[at + 2 :]) if at == 1 else ()
                vector = "".join([f"vector {letter}", *(f"[{n}]" for n in numbers[:-1])])
                if bold:
                    self.symbols[bold] = f"{vector}@{sample}" if sample else vector
        for texts, name in list(self.symbols.items()):
            self.symbols.setdefault(_without_sample(texts), name.partition("@")[0])
        notation = self.node.get("notation")
        notation = notation if isinstance(notation, dict) else {}
        for role, usual in (("learning_rate", "\\eta"), ("strength", "\\lambda")):
            self.symbols[read_tokens(notation.get(role, usual))] = role
        for number, layer in enumerate(self.spec.layers, 1):
            for j in range(1, layer.units + 1):
                for s in (0, *range(1, len(self.spec.inputs) + 1)):
                    written = f"\\delta_{j}^{{({number})" + (f"[{s}]}}" if s else "}")
                    name = f"delta[{number}][{j}]" + (f"@{s}" if s else "")
                    self.symbols.setdefault(read_tokens(written), name)
        if self.spec.upstream is not None:
            self.symbols.setdefault(read_tokens(notation.get("loss", "L")), "L")
        parameters = {
            e.quantity: e.symbol for e in self.entries if re.fullmatch(r"(W|b|theta)(\[\d+\])+", e.quantity)
        }
        for texts, name in optimising.letters(self.spec, parameters):
            if name == "decay" and self.spec.penalty is None:
                self.symbols[texts] = name
            self.symbols.setdefault(texts, name)
        loss = next((texts for texts, name in self.symbols.items() if name == "L"), ("L",))
        head = loss[0] if "_" not in loss else ""
        for s in range(1, len(self.spec.inputs) + 1):
            self.symbols[read_tokens(f"{head}^{{[{s}]}}")] = f"L@{s}"
            self.symbols[read_tokens(f"{head}^{{[{s}]\\text{{new}}}}")] = f"L_new@{s}"
            for n in range(1, len(self.spec.losses) + 1):
                self.symbols[read_tokens(f"{head}_{{({n})}}^{{[{s}]}}")] = f"L_term[{n}]@{s}"
                self.symbols[read_tokens(f"{head}_{{({n})}}^{{[{s}]\\text{{new}}}}")] = f"L_term_new[{n}]@{s}"
        for n in range(1, len(self.spec.losses) + 1):
            self.symbols[read_tokens(f"{head}_{{({n})}}")] = f"L_term[{n}]"
            self.symbols[read_tokens(f"{head}_{{({n})}}^{{\\text{{new}}}}")] = f"L_term_new[{n}]"
        new = f"{head}^{{\\text{{new}}}}" if loss == (head,) else ""
        self.symbols[read_tokens(f"{head}_{{\\text{{sample}}}}")] = "L_sample"
        self.symbols[read_tokens(f"{head}_{{\\text{{sample}}}}^{{\\text{{new}}}}")] = "L_sample_new"
        self.symbols.setdefault(read_tokens(f"{head}_{{\\text{{epoch}}}}"), "L_epoch")
        if new:
            self.symbols[read_tokens(f"{head} - {new}")] = "L - L_new"
        exponential = [
            n for n, layer in enumerate(self.spec.layers, 1) if layer.activation in activations.WHOLE
        ]
        for n in exponential:
            for s in (0, *range(1, len(self.spec.inputs) + 1)):
                for new in ("", "\\text{new}"):
                    raised = (f"({n})" if len(exponential) > 1 else "") + (f"[{s}]" if s else "")
                    raised += ("\\," if new and raised else "") + new
                    name = f"S{'_new' if new else ''}[{n}]" + (f"@{s}" if s else "")
                    written = f"S^{{{raised}}}" if raised else "S"
                    self.symbols.setdefault(read_tokens(written), name)
        for number, layer in enumerate(self.spec.layers, 1):
            if layer.constant is not None:
                source = next(n for n in layer.sources if n >= 0)
                written = f"a_0^{{({source})}}" if source else "x_0"
                self.symbols.setdefault(read_tokens(written), f"one[{number}][1]")
        self.symbols[read_tokens("\\Omega")] = "penalty"
        self.symbols[read_tokens("\\Omega^{\\text{new}}")] = "penalty_new"

    def _one_shared_bias(self, quantities: list[str]) -> bool:
        letters = {indices(q)[0] for q in quantities}
        layers = {indices(q)[1][0] for q in quantities if indices(q)[1]}
        bias = letters <= {"b", "b_new", "b_change"} or all(
            (found := optimising.STATE.fullmatch(letter)) and found[2] == "b" for letter in letters
        )
        if len(letters) != 1 or len(layers) != 1 or not bias:
            return False
        return self.spec.layers[layers.pop() - 1].shared

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
        warm = activations.temperature(of.activation, of.parameters)
        found = [self.number(self.key(f"{z}[{layer}][{j}]{mark}", t), carried=carried) / warm for j in units]
        largest = max(found)
        shift = largest if abs(float(big(largest))) > 230 else Fraction(0)
        return sum((exp(value - shift) for value in found), Fraction(0))

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
                z = [self.rounded(sum(terms, Fraction(0))) for terms in parts]
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
            if up[1] != low[-1] or (low[0] if lower == "a" else 0) not in self.spec.layers[up[0] - 1].sources:
                raise Unknown(name)
            return Fraction(1)
        copied = self.copied(name)
        if copied is not None:
            return self.number(self.key(copied, t), carried=carried)
        if upper == "z" and lower in ("b", "theta") and up[0] == low[0]:
            if up != low and not self.spec.layers[up[0] - 1].shared:
                raise Unknown(name)
            return Fraction(1 if lower == "b" else -1)
        raise Unknown(name)

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


KINKED = {"leaky_relu", "elu", "step"}


FAR = 48
"""Networks with quite other numbers, for functions of an author's own that distinguish cases."""


def _texts(node: Any) -> Iterator[str]:
    """The parameters and samples of a file, number by number."""
    if isinstance(node, Mapping):
        for key, inner in node.items():
            if key in (
                "network",
                "layers",
                "samples",
                "weights",
                "bias",
                "threshold",
                "value",
                "shared",
                "input",
            ):
                yield from _texts(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _texts(inner)
    else:
        yield str(node)


def _distinguishes(function: str) -> bool:
    return function.startswith(own.OWN) and own.distinguishes(function.removeprefix(own.OWN))


def _elsewhere(spec: Spec, rng: Random) -> Spec:
    """Every number another one, on either side of 0."""

    scale = rng.choice((1000, 2000, 4000))

    def any_number(_: Number) -> Number:
        return Fraction(rng.randrange(-2999, 2999), scale)

    layers = []
    for layer in spec.layers:
        bias = layer.bias
        if bias is not None:
            drawn = [any_number(b) for b in bias]
            bias = [drawn[0]] * layer.units if layer.shared else drawn
        layers.append(
            replace(layer, weights=[[any_number(w) for w in row] for row in layer.weights], bias=bias)
        )
    targets = spec.targets
    if targets is not None:
        targets = [row if _keeps(spec, row) else [any_number(y) for y in row] for row in targets]
    inputs = [[any_number(x) for x in row] for row in spec.inputs]
    upstream = spec.upstream
    if upstream is not None and spec.output is None:
        upstream = [[any_number(g) for g in row] for row in upstream]
    right, left = ([any_number(g) for g in vector] for vector in (spec.right, spec.left))
    return replace(
        spec, layers=layers, inputs=inputs, targets=targets, upstream=upstream, right=right, left=left
    )


def _disturbed(spec: Spec, size: int) -> tuple[Spec, bool]:
    """Every number moved a little, and whether no case distinction is left that could change sides.

    ReLU units are made active where theirs is the only distinction.
    """
    rng = Random(7)

    def near(x: Number) -> Number:
        return x + Fraction(rng.randrange(100, 999), 10**size) * (1 if x <= 0 else -1)

    kinds = {name for layer in spec.layers for name, _ in layer.all_functions}
    kinds |= {loss.name for loss in spec.losses}
    bends = spec.clip.how == "norm" or (spec.penalty is not None and spec.penalty.bends)
    smooth = (
        not bends
        and not kinds & (KINKED | {"huber", "hinge", "absolute_error"})
        and not any(map(_distinguishes, kinds))
    )
    layers = []
    for layer in spec.layers:
        bias = layer.bias
        if bias is not None:
            relu = any(name == "relu" for name, _ in layer.all_functions)
            lift = (-3 if layer.threshold else 3) if smooth and relu else 0
            bias = [near(bias[0]) + lift] * layer.units if layer.shared else [near(b) + lift for b in bias]
        weights = [[w if w == 0 and bends else near(w) for w in row] for row in layer.weights]
        layers.append(replace(layer, weights=weights, bias=bias))
    targets = spec.targets
    if targets is not None:
        targets = [
            row if _keeps(spec, row) else _near_targets(spec, row, [near(y) for y in row]) for row in targets
        ]
    inputs = [[near(x) for x in row] for row in spec.inputs]
    spec = replace(spec, right=[near(g) for g in spec.right], left=[near(g) for g in spec.left])
    upstream = spec.upstream
    if upstream is not None and spec.output is None:
        upstream = [[near(g) for g in row] for row in upstream]
    more = optimising.disturbed(spec, rng, None if smooth else size)
    return replace(spec, layers=layers, inputs=inputs, targets=targets, upstream=upstream, **more), smooth


def _keeps(spec: Spec, row: list[Number]) -> bool:
    """Whether targets of 0 and 1 say what of a loss of all outputs stands on the page."""
    return any(map(losses.is_joint, spec.losses)) and set(row) <= {0, 1}


def _near_targets(spec: Spec, row: list[Number], moved: list[Number]) -> list[Number]:
    """Targets moved a little; of an output layer whose targets are shares of 1 they stay that."""
    found: list[Number] = []
    for end in spec.ends:
        units = slice(len(found), len(found) + spec.layers[end - 1].units)
        found += _near_target(moved[units], sum(row[units]) == 1)
    return found


def _near_target(row: list[Number], whole: bool) -> list[Number]:
    """Targets that are shares of 1 stay that."""
    return [y / sum(row) for y in row] if whole and len(row) > 1 else row


def _without_sample(texts: tuple[str, ...]) -> tuple[str, ...]:
    """`x_1^{[2]}` and `z_1^{(1)[2]}` as an iteration of one sample writes them: `x_1`, `z_1^{(1)}`."""
    for at in range(len(texts) - 2):
        if texts[at] == "[" and texts[at + 2] == "]":
            texts = texts[:at] + texts[at + 3 :]
            break
    if texts[-3:] == ("^", "{", "}"):
        texts = texts[:-3]
    return texts


def _given_to_optimiser(node: Mapping[str, Any], spec: Spec) -> dict[Key, str]:
    """Settings by their letters, the number of each update, rates, and what was kept before the first."""
    if "training" not in node:
        return {}
    known = {**texts_of(node["training"]["optimiser"]), **spec.schedule.texts, "clip": spec.clip.text}
    if spec.schedule:
        known["start"] = known.pop("learning_rate")
    out: dict[Key, str] = {(name, None, None): text for name, text in known.items()}
    for t in range(1, spec.iterations + 1):
        out["t", t, None] = str(spec.updates + t)
        out["k", t, None] = str(spec.schedule.steps(spec.updates + t))
        if spec.schedule.listed:
            out["learning_rate", t, None] = spec.schedule.listed[t - 1]
    state = node["training"].get("state", {})
    columns = node["network"].get("layout", "W x + b") == "x W + b"
    kept = {kind: state.get(kind, "0") for kind in optimisers.KEPT[spec.optimiser]}
    for name, texts in state_given(kept, spec.layers, columns).items():
        letter, _, rest = name.partition("[")
        out |= {(f"{kind}_{letter}[{rest}", 1, None): text for kind, text in texts.items()}
    for name, text in rates_given(node["training"].get("learning_rates"), spec.layers, columns).items():
        out[f"learning_rate_{name}", None, None] = out[f"learning_rate_{name}", 1, None] = text
    return out


def texts_of(said: Any) -> dict[str, str]:
    """The settings of an optimiser as the file has them."""
    name, chosen = (said, {}) if isinstance(said, str) else next(iter(said.items()))
    return {**optimisers.USUAL[name], **(chosen or {})}


def _givens(node: Mapping[str, Any], spec: Spec) -> dict[Key, str]:
    """Every given as it is written in the file: parameters of iteration 1, inputs and targets."""
    out: dict[Key, str] = {}
    columns = node["network"].get("layout", "W x + b") == "x W + b"
    for number, layer in enumerate(node["network"]["layers"], 1):
        weights = layer.get("weights", [])
        if isinstance(weights, dict):
            weights = weights.get("value", [])
        rows = list(zip(*weights, strict=True)) if columns else weights
        for j, row in enumerate(rows, 1):
            out |= {
                (f"W[{number}][{j}][{i}]", 1, None): text
                for i, text in enumerate(row, 1)
                if (j, i) not in spec.layers[number - 1].missing
            }
        letter = "theta" if "threshold" in layer else "b"
        bias = layer.get("threshold", layer.get("bias"))
        if isinstance(bias, dict):
            bias = (
                [bias["shared"]] * spec.layers[number - 1].units
                if "shared" in bias
                else bias.get("value", [])
            )
        for j, text in enumerate(bias or [], 1):
            out[f"{letter}[{number}][{j}]", 1, None] = text
    out |= _given_to_optimiser(node, spec)
    for letter, side in (("v", "right"), ("u", "left")):
        vector = node.get("jacobian", {}).get(side, [])
        out |= {(f"{letter}[{i}]", None, None): text for i, text in enumerate(vector, 1)}
    for s, sample in enumerate(node["samples"], 1):
        for letter, field in (("x", "input"), ("y", "target")):
            values = sample.get(field, [])
            if isinstance(values, dict):
                for n, own in values.items():
                    listed = own if isinstance(own, list) else [own]
                    out |= {(f"{letter}[{n}][{k}]", None, s): text for k, text in enumerate(listed, 1)}
                continue
            for i, text in enumerate(values if isinstance(values, list) else [values], 1):
                out[f"{letter}[{i}]", None, s] = text
        for name, value in sample.get("given", {}).items():
            texts = {name: value}
            if isinstance(value, list):
                texts = {f"{name.removesuffix('[:]')}[{j}]": text for j, text in enumerate(value, 1)}
            for t in range(1, spec.iterations + 1):
                out |= {(own, t, s): text for own, text in texts.items() if s - 1 in spec.batch_of(t)}
        if "upstream" in node:
            rows = node["upstream"] if isinstance(node["upstream"][0], list) else [node["upstream"]]
            for k, text in enumerate(rows[s - 1], 1):
                out[f"∂L/∂a[{len(spec.layers)}][{k}]", None, s] = text
    return out
