"""The reference: forward, loss, backward and update at 60 digits, by formulae written out by hand.

`solve(spec)` gives every canonical quantity under the key (quantity, iteration, sample); a value that belongs
to the whole batch has sample None, a given of a sample has iteration None. Both count from 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from mpmath import mp

from nbsolve.checking.oracle import activations, losses, optimisers
from nbsolve.checking.oracle.numbers import DIGITS, Number, tame
from nbsolve.checking.oracle.passes import (
    ZERO,
    Matrix,
    Parameters,
    backward,
    batch_loss,
    forward,
    given_parameters,
    outputs_of,
    penalty_factor,
    share_of_sample,
    slope_points,
    taken,
    trained_gradients,
)
from nbsolve.checking.oracle.rates import clipped, norm_of
from nbsolve.checking.oracle.spec import Spec

Key = tuple[str, int | None, int | None]
Values = dict[Key, Number]
State = dict[str, dict[str, Number]]
"""What an optimiser has kept, by the name of a parameter."""


def epoch_loss(spec: Spec, batches: Sequence[tuple[int, Number]]) -> Number:
    """The batches' losses (with their penalties) added, or averaged by the batches' sizes."""
    if not spec.losses or share_of_sample(spec, 2) == 1:
        return sum((loss for _, loss in batches), ZERO)
    return sum((n * loss for n, loss in batches), ZERO) / len(spec.inputs)


def solve(spec: Spec, digits: int = DIGITS) -> Values:
    """Every quantity of every iteration."""
    with mp.workdps(digits):
        return _solve(spec)


def _solve(spec: Spec) -> Values:
    out: Values = {}
    p = given_parameters(spec)
    for letter, vector in (("v", spec.right), ("u", spec.left)):
        out |= {(f"{letter}[{i}]", None, None): v for i, v in enumerate(vector, 1)}
    for s, x in enumerate(spec.inputs, 1):
        out |= {(f"x[{i}]", None, s): v for i, v in enumerate(x, 1)}
        if spec.targets is not None:
            out |= {(spec.of_output("y", k), None, s): v for k, v in enumerate(spec.targets[s - 1], 1)}
    epoch: list[tuple[int, Number]] = []
    kept: State = {name: dict(own) for name, own in spec.state.items()}
    out |= _settings(spec)
    for t in range(1, spec.iterations + 1):
        batch = spec.batch_of(t)
        _record_parameters(spec, out, "", t, p)
        gradients = _iteration(spec, p, t, batch, out)
        if gradients is None or spec.learning_rate is None:
            continue
        if spec.valued:
            epoch.append((len(batch), out[("L", t, None)]))
        if t % spec.batches_per_epoch == 0 and epoch:
            out[("L_epoch", t, None)] = epoch_loss(spec, epoch)
            epoch = []
        out |= _of_update(spec, t)
        p = _update(spec, p, gradients, t, out, kept)
        _record_parameters(spec, out, "_new", t, p)
        for s in batch:
            zs, outs = forward(spec, p, spec.inputs[s])
            _record_layers(out, "z_new", t, s + 1, zs)
            _record_layers(out, "a_new", t, s + 1, outs)
        if spec.valued:
            out[("L_new", t, None)] = batch_loss(spec, p, batch)
    return out


def _iteration(spec: Spec, p: Parameters, t: int, batch: list[int], out: Values) -> Parameters | None:
    """Forward and backward of one batch; gives the gradients, or None where the problem has no loss."""
    weights: list[Matrix] = [[[ZERO] * len(row) for row in m] for m in p.weights]
    biases: list[list[Number] | None] = [None if b is None else [ZERO] * len(b) for b in p.biases]
    for s in batch:
        zs, outs = forward(spec, p, spec.inputs[s], spec.given_of(s))
        _record_layers(out, "z", t, s + 1, zs)
        _record_layers(out, "a", t, s + 1, outs)
        zs = slope_points(spec, zs, spec.given_of(s))
        _record_slopes(spec, out, t, s + 1, zs)
        if spec.of_outputs:
            _record_outputs(spec, p, out, t, s + 1, zs, outs)
        if spec.upstream is not None:
            top: list[Number] = list(spec.upstream[s])
        elif spec.targets is not None and spec.losses:
            y = spec.targets[s]
            share = share_of_sample(spec, len(batch)) * spec.weight_of(s)
            found = outputs_of(spec, outs)
            pairs = enumerate(zip(y, found, strict=True), 1)
            out |= {(spec.of_output("e", k), t, s + 1): v - a for k, (v, a) in pairs}
            top = _top(spec, found, y, share)
        else:
            continue
        da, dz = backward(spec, p, zs, outs, top)
        _record_layers(out, "dL/da", t, s + 1, da)
        _record_layers(out, "dL/dz", t, s + 1, dz)
        _record_layers(out, "delta", t, s + 1, [[spec.delta * d for d in row] for row in dz])
        out |= {(f"dL/dx[{i}]", t, s + 1): v for i, v in enumerate(da[0], 1)}
        if spec.upstream is None:
            _record_paths(spec, p, out, t, s + 1, (zs, outs, top), share)
        for number, (layer, deltas) in enumerate(zip(spec.layers, dz[1:], strict=True)):
            for j, d in enumerate(deltas):
                for i, v in enumerate([] if layer.adds else taken(spec, number + 1, outs)):
                    if spec.exists(number + 1, j + 1, i + 1):
                        own = spec.owner(number + 1) - 1
                        row_, column = (i, j) if layer.turned else (j, i)
                        weights[own][row_][column] += d * v
                row = biases[number]
                if row is not None:
                    row[j] += -d if layer.threshold else d
    if not spec.differentiated:
        return None
    factor, bent = penalty_factor(spec, len(batch)), spec.penalty
    for number, layer in enumerate(spec.layers):
        for j, old in enumerate(p.weights[number] if bent is not None else []):
            assert bent is not None
            pairs_ = zip(weights[number][j], old, strict=True)
            weights[number][j] = [g + factor * bent.slope(w) for g, w in pairs_]
        row = biases[number]
        if layer.shared and row is not None:
            biases[number] = [sum(row, ZERO)] * layer.units
    gradients = Parameters(weights, biases)
    _record_parameters(spec, out, "dL/d", t, gradients)
    if spec.valued:
        out[("L", t, None)] = batch_loss(spec, p, batch, given=True)
    return gradients


def _top(spec: Spec, a: Sequence[Number], y: Sequence[Number], share: Fraction) -> list[Number]:
    """dL/da of the outputs."""
    top: list[Number] = [ZERO] * len(y)
    for term in spec.losses:
        own, targets = a[term.columns], y[term.columns]
        f = share * losses.factor(term, len(targets))
        slopes = [f * v for v in losses.slopes(term, own, targets)]
        top[term.columns] = [u + v for u, v in zip(top[term.columns], slopes, strict=True)]
    return top


def _record_paths(
    spec: Spec,
    p: Parameters,
    out: Values,
    t: int,
    s: int,
    at: tuple[list[list[Number]], list[list[Number]], list[Number]],
    share: Fraction,
) -> None:
    """L_out[k] and its derivatives, where every term of the loss is a sum over the outputs."""
    if not all(losses.is_separable(term) for term in spec.losses) or spec.targets is None:
        return
    if len(spec.ends) > 1:
        return
    zs, outs, top = at
    y = spec.targets[s - 1]
    for k in range(len(y)):
        value = sum((losses.factor(u, len(y)) * losses.shares(u, outs[-1], y)[k] for u in spec.losses), ZERO)
        out[(f"L_out[{k + 1}]", t, s)] = share * value
        alone = [g if i == k else ZERO for i, g in enumerate(top)]
        # of the outputs, L_out[k] depends on the k-th alone
        shares = backward(spec, p, zs, outs, alone)[0]
        out[(f"dL_out[{k + 1}]/da[{len(spec.layers)}][{k + 1}]", t, s)] = shares.pop()[k]
        _record_layers(out, f"dL_out[{k + 1}]/da", t, s, shares)


def _settings(spec: Spec) -> Values:
    """What is the same in all updates."""
    known = {**spec.settings, **spec.schedule.settings}
    if spec.schedule:
        known["start"] = known.pop("learning_rate")
    if spec.clip:
        known["clip"] = spec.clip.limit
    known |= {_with_kind("learning_rate", name): rate for name, rate in spec.own_rates.items()}
    return {(name, None, None): value for name, value in known.items()}


def _of_update(spec: Spec, t: int) -> Values:
    """The number of an update, and what a schedule makes of it."""
    made = spec.updates + t
    found: dict[str, Number] = {"t": Fraction(made)}
    if spec.schedule:
        found["learning_rate"] = spec.rate(t)
    steps = spec.schedule.steps(made)
    if steps is not None:
        found["k"] = Fraction(steps)
    return {(name, t, None): value for name, value in found.items()}


def _with_kind(kind: str, name: str, mark: str = "") -> str:
    """`m_W_new[1][2][1]`: what an optimiser keeps or finds for `W[1][2][1]`."""
    letter, _, rest = name.partition("[")
    return f"{kind}_{letter}{mark}[{rest}"


def _update(spec: Spec, p: Parameters, g: Parameters, t: int, out: Values, kept: State) -> Parameters:
    """The optimiser's rule for everything that is trained, all at once; what it has kept is changed in `kept`."""
    weights: list[Matrix] = []
    biases: list[list[Number] | None] = []
    if spec.clip:
        out[("norm", t, None)] = norm_of([*trained_gradients(spec, g).values()])

    def moved(name: str, w: Number, gradient: Number, free: bool) -> Number:
        if not free:
            return w
        return _moved(spec, name, w, gradient, t, out, kept)

    for number, layer in enumerate(spec.layers, 1):
        weights.append([])
        for j, (row, slopes, held) in enumerate(
            zip(
                p.weights[number - 1],
                g.weights[number - 1],
                layer.weights_trainable if p.weights[number - 1] else [],
                strict=True,
            ),
            1,
        ):
            triples = enumerate(zip(row, slopes, held, strict=True), 1)
            weights[-1].append([moved(f"W[{number}][{j}][{i}]", w, d, free) for i, (w, d, free) in triples])
        old, pulls = p.biases[number - 1], g.biases[number - 1]
        letter = "theta" if layer.threshold else "b"
        biases.append(
            None
            if old is None or pulls is None
            else [
                moved(f"{letter}[{number}][{j}]", b, d, free)
                for j, (b, d, free) in enumerate(zip(old, pulls, layer.bias_trainable, strict=False), 1)
            ]
        )
    new = Parameters(weights, biases)
    change = Parameters(
        [
            [[w - v for w, v in zip(*rows, strict=True)] for rows in zip(*matrices, strict=True)]
            for matrices in zip(weights, p.weights, strict=True)
        ],
        [
            None if row is None or old is None else [b - v for b, v in zip(row, old, strict=True)]
            for row, old in zip(biases, p.biases, strict=True)
        ],
    )
    _record_parameters(spec, out, "_change", t, change)
    return new


def _moved(spec: Spec, name: str, w: Number, gradient: Number, t: int, out: Values, kept: State) -> Number:
    for one in optimisers.KEPT[spec.optimiser]:
        kept.setdefault(name, {}).setdefault(one, ZERO)
        out[(_with_kind(one, name), t, None)] = kept[name][one]
    if spec.clip:
        gradient = clipped(spec.clip.how, spec.clip.limit, gradient, out["norm", t, None])
        out[(_with_kind("clipped", name), t, None)] = gradient
    settings = {**spec.settings, "learning_rate": spec.own_rates.get(name) or spec.rate(t)}
    new, found = optimisers.update(
        spec.optimiser, settings, w, gradient, kept.get(name, {}), spec.updates + t
    )
    for one, value in found.items():
        out[(_with_kind(one, name, optimisers.marked(one)), t, None)] = value
    kept[name] = {one: tame(found[one]) for one in optimisers.KEPT[spec.optimiser]}
    return tame(new)


def _record_slopes(spec: Spec, out: Values, t: int, s: int, zs: list[list[Number]]) -> None:
    for number, layer in enumerate(spec.layers, 1):
        if layer.activation in activations.WHOLE:
            continue
        for j, z in enumerate(zs[number], 1):
            out[(f"da/dz[{number}][{j}]", t, s)] = activations.slope_of(layer, j, z)


def _record_outputs(
    spec: Spec, p: Parameters, out: Values, t: int, s: int, zs: list[list[Number]], outs: list[list[Number]]
) -> None:
    """da[d][k]/da of every earlier layer and da[d][k]/dx, for each output k."""
    depth, count = len(spec.layers), len(outs[-1])
    for k in range(count):
        seed: list[Number] = [Fraction(int(i == k)) for i in range(count)]
        da = backward(spec, p, zs, outs, seed)[0]
        _record_layers(out, f"da[{depth}][{k + 1}]/da", t, s, da[:-1])
        out |= {(f"da[{depth}][{k + 1}]/dx[{i}]", t, s): v for i, v in enumerate(da[0], 1)}
    rows = [
        [out[f"da[{depth}][{k}]/dx[{i + 1}]", t, s] for i in range(len(outs[0]))] for k in range(1, count + 1)
    ]
    for k, row in enumerate(rows if spec.right else [], 1):
        out[f"Jv[{k}]", t, s] = sum((v * d for v, d in zip(spec.right, row, strict=True)), ZERO)
    if spec.left:  # as a backward pass that begins with u
        top: list[Number] = list(spec.left)
        back = backward(spec, p, zs, outs, top)[0][0]
        out |= {(f"uJ[{i}]", t, s): v for i, v in enumerate(back, 1)}


def _record_layers(out: Values, name: str, t: int, s: int, values: list[list[Number]]) -> None:
    for number, layer in enumerate(values[1:], 1):
        out |= {(f"{name}[{number}][{j}]", t, s): v for j, v in enumerate(layer, 1)}


def _record_parameters(spec: Spec, out: Values, mark: str, t: int, p: Parameters) -> None:
    """`mark` is "" for W and b, "_new" for W_new, "_change" for W_change, "dL/d" for dL/dW.

    A threshold θ is reported as itself and as the bias −θ.
    """
    before, after = (mark, "") if mark == "dL/d" else ("", mark)
    for number, layer in enumerate(spec.layers, 1):
        for j, row in enumerate(p.weights[number - 1], 1):
            out |= {
                (f"{before}W{after}[{number}][{j}][{i}]", t, None): v
                for i, v in enumerate(row, 1)
                if (j, i) not in layer.missing
            }
        for j, value in enumerate(p.biases[number - 1] or [], 1):
            out[(f"{before}b{after}[{number}][{j}]", t, None)] = -value if layer.threshold else value
            if layer.threshold:
                out[(f"{before}theta{after}[{number}][{j}]", t, None)] = value
