"""Random networks that are no chains: connections past layers, tied and missing weights, functions of units."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.reference.random_problems import HIDDEN, OUTPUTS, SMOOTH, finished, layer, target_of, to_text

Node = Any
SEVERAL = ("softmax", "cosine", "categorical")
"""Of these losses and outputs an output alone makes no sense."""
WIDEST = 6
"""Wider matrices stand in tables instead of brackets."""


def varied(rng: Random) -> str:
    """A random problem in which something is as no chain of like units has it."""
    while True:
        made = _problem(rng)
        if made is not None:
            return to_text(made)


def _problem(rng: Random) -> dict[str, Node] | None:
    loss = rng.choice(list(OUTPUTS))
    output = rng.choice(OUTPUTS[loss])
    functions = SMOOTH if loss.startswith("cosine") else HIDDEN[:-1]
    columns = rng.random() < 0.4
    widths = [rng.randint(1, 4)]
    layers: list[dict[str, Node]] = []
    depth = rng.randint(2, 4)
    odd = False
    constant = rng.choice(("1", "-1"))
    for number in range(1, depth + 1):
        sources = _sources(rng, number)
        incoming = sum(widths[source] for source in sources)
        alike = [source for source in range(number) if widths[source] == widths[number - 1]]
        if 1 < number < depth and len(alike) > 1 and rng.random() < 0.3:
            names = ["input" if source == 0 else str(source) for source in alike]
            kind = rng.choice(("add", "maxout"))
            layers.append({"kind": kind, "from": names, "activation": rng.choice(functions)})
            if kind == "maxout" and rng.random() < 0.5:
                del layers[-1]["activation"]
            widths.append(widths[number - 1])
            odd = True
            continue
        if incoming > WIDEST:
            return None
        units, tie = _tie(rng, layers, incoming) if rng.random() < 0.4 else (rng.randint(1, 4), None)
        name = output if number == depth else rng.choice(functions)
        fold = rng.choice(("first", "last")) if rng.random() < 0.25 else None
        tie = None if fold else tie
        made = layer(rng, incoming + (fold is not None), units, name, columns)
        if fold:
            made.pop("threshold", None)
            made["bias"] = {"column": fold, "input": constant}
        if tie is not None:
            made["weights"] = tie
        elif rng.random() < 0.3:
            odd |= _leave_out(rng, made, columns)
        if sources != [number - 1]:
            made["from"] = ["input" if source == 0 else str(source) for source in sources]
        if number < depth and units > 1 and rng.random() < 0.3:
            made["activation"] = [_function(rng, functions) for _ in range(units)]
        odd |= tie is not None or fold is not None or "from" in made or isinstance(made["activation"], list)
        layers.append(made | {"shape": (0, 0) if fold else (units, incoming)})
        widths.append(units)
    if not odd or (widths[-1] == 1 and (output == "softmax" or loss.startswith(SEVERAL))):
        return None
    for own in layers:
        own.pop("shape", None)
    network: dict[str, Node] = {"inputs": str(widths[0]), "layers": layers}
    if columns:
        network["layout"] = "x W + b"
    whole = finished(rng, network, widths, loss, output)
    if any("column" in own.get("bias", ()) for own in layers):  # a penalty would leave that column out
        whole.pop("regulariser", None)
    return whole


def with_heads(rng: Random) -> str:
    """A random problem with two or three output layers, each with a loss of its own, perhaps with two."""
    columns = rng.random() < 0.4
    inputs = rng.randint(1, 3)
    widths = [inputs]
    layers: list[dict[str, Node]] = []
    for _ in range(rng.randint(1, 2)):
        units = rng.randint(1, 3)
        layers.append(layer(rng, widths[-1], units, rng.choice(SMOOTH), columns))
        widths.append(units)
    trunk = len(layers)
    terms: list[dict[str, Node]] = []
    targets: dict[str, tuple[str, int]] = {}
    for _ in range(rng.randint(2, 3)):
        source, width = trunk, widths[trunk]
        if rng.random() < 0.4:  # a hidden layer of its own
            made = layer(rng, width, rng.randint(1, 3), rng.choice(SMOOTH), columns)
            layers.append(made | {"from": str(source)})
            source, width = len(layers), int(made["units"])
        loss = rng.choice([name for name in OUTPUTS if name not in ("sse", "mse")])
        output = rng.choice(OUTPUTS[loss])
        lone = not (output == "softmax" or loss.startswith(SEVERAL))
        units = rng.randint(1 if lone else 2, 3)
        layers.append(layer(rng, width, units, output, columns) | {"from": str(source)})
        number = str(len(layers))
        terms.append({loss: {"of": number, "weight": rng.choice(("0.5", "1", "2", "-1"))}})
        if rng.random() < 0.3 and not loss.startswith("cosine"):
            terms.append({"squared_error": {"of": number, "scale": "1/2"}})
        targets[number] = loss, units
    network: dict[str, Node] = {"inputs": str(inputs), "layers": layers}
    if columns:
        network["layout"] = "x W + b"
    loss, units = next(iter(targets.values()))
    whole = finished(rng, network, [inputs, units], loss, "linear")
    over = rng.choice(("sum", "mean"))
    whole["loss"] = [{name: {**given, "over_samples": over}} for own in terms for name, given in own.items()]
    for sample in whole["samples"]:
        sample["target"] = {number: target_of(rng, *own) for number, own in targets.items()}
    return to_text(whole)


def with_inputs(rng: Random) -> str:
    """A random problem with two or three named inputs, each with a layer of its own, or joined later."""
    columns = rng.random() < 0.4
    names = rng.sample(("text", "image", "sound", "x", "side input"), rng.randint(2, 3))
    sizes = {name: rng.randint(1, 3) for name in names}
    layers: list[dict[str, Node]] = []
    widths: list[int] = []
    late = [names[-1]] if rng.random() < 0.5 else []
    constant = rng.choice(("1", "-1"))
    for name in names[: len(names) - len(late)]:
        taken = [name] if rng.random() < 0.8 else [name, rng.choice([one for one in names if one != name])]
        layers.append(_taking(rng, taken, sum(sizes[one] for one in taken), columns, constant))
        widths.append(int(layers[-1]["units"]))
    joined = [*map(str, range(1, len(layers) + 1)), *late]
    rng.shuffle(joined)
    if sum(widths) + sum(sizes[name] for name in late) > WIDEST:
        return with_inputs(rng)
    incoming = sum(widths) + sum(sizes[name] for name in late)
    loss = rng.choice(("sse", "binary_cross_entropy", "cosine_loss"))
    output = rng.choice(OUTPUTS[loss])
    units = rng.randint(2, 3)
    layers.append(layer(rng, incoming, units, output, columns) | {"from": joined})
    network: dict[str, Node] = {"inputs": {name: str(size) for name, size in sizes.items()}, "layers": layers}
    if columns:
        network["layout"] = "x W + b"
    whole = finished(rng, network, [sum(sizes.values()), units], loss, output)
    for sample in whole["samples"]:
        numbers = iter(sample["input"])
        sample["input"] = {name: [next(numbers) for _ in range(size)] for name, size in sizes.items()}
    if any("column" in own.get("bias", ()) for own in layers):
        whole.pop("regulariser", None)
    return to_text(whole)


def _taking(rng: Random, taken: list[str], incoming: int, columns: bool, constant: str) -> dict[str, Node]:
    """A layer that takes some of several inputs, perhaps with a folded bias or connections left out."""
    fold = rng.choice(("first", "last")) if rng.random() < 0.25 else None
    made = layer(rng, incoming + (fold is not None), rng.randint(1, 3), rng.choice(SMOOTH), columns)
    if fold:
        made.pop("threshold", None)
        made["bias"] = {"column": fold, "input": constant}
    elif rng.random() < 0.3:
        _leave_out(rng, made, columns)
    return made | {"from": taken if len(taken) > 1 else taken[0]}


def _sources(rng: Random, number: int) -> list[int]:
    """The layers that a layer takes: the one before, at times earlier ones too."""
    earlier = [source for source in range(number - 1) if rng.random() < 0.35]
    sources = [number - 1, *earlier]
    rng.shuffle(sources)
    return sources


def _tie(rng: Random, layers: list[dict[str, Node]], incoming: int) -> tuple[int, Node | None]:
    """How many units a layer has, and whose weights: another's where they fit."""
    found: list[tuple[int, Node]] = []
    for number, other in enumerate(layers, 1):
        if "weights" not in other or (isinstance(other["weights"], dict) and "same_as" in other["weights"]):
            continue
        units, inputs = other["shape"]
        if inputs == incoming:
            found.append((units, {"same_as": str(number)}))
        if units == incoming:
            found.append((inputs, {"same_as": str(number), "transposed": "true"}))
    return rng.choice(found) if found else (rng.randint(1, 4), None)


def _leave_out(rng: Random, made: dict[str, Node], columns: bool) -> bool:
    """Take some connections away, never all of a unit; says whether there were any to take."""
    weights = made["weights"]["value"] if isinstance(made["weights"], dict) else made["weights"]
    some = False
    for unit in range(int(made["units"])):
        places = (
            [(i, unit) for i in range(len(weights))]
            if columns
            else [(unit, i) for i in range(len(weights[0]))]
        )
        for row, column in rng.sample(places, rng.randint(0, len(places) - 1)):
            weights[row][column] = "null"
            some = True
    return some


def _function(rng: Random, functions: tuple[str, ...]) -> Node:
    name = rng.choice(functions)
    if name == "leaky_relu" and rng.random() < 0.5:
        return {"leaky_relu": {"slope": rng.choice(("0.1", "0.2"))}}
    if name == "elu" and rng.random() < 0.5:
        return {"elu": {"alpha": rng.choice(("0.5", "1.5"))}}
    return name
