"""The numbers of a problem file by the names of their quantities, as they are written there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nbsolve.checking.audit.names import Key
from nbsolve.checking.oracle import optimisers
from nbsolve.checking.oracle.spec import Spec
from nbsolve.checking.oracle.states import rates_given, state_given


def texts_in(node: Any) -> Iterator[str]:
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
                yield from texts_in(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from texts_in(inner)
    else:
        yield str(node)


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


def givens_of(node: Mapping[str, Any], spec: Spec) -> dict[Key, str]:
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
