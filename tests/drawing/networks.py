"""Networks to draw, and what is wrong with a scene: overlaps, things outside."""

from __future__ import annotations

import itertools
import random

from nbsolve.drawing.scene import Scene, overlap
from tests.loading import files

PROBLEMS = files("network")


def random_problem(seed: int, sizes: list[int] | None = None) -> str:
    draw = random.Random(seed)
    sizes = sizes or [draw.randint(1, 4) for _ in range(draw.randint(2, 5))]

    def number(digits: int | None = None) -> str:
        return f"{draw.uniform(-2, 2):.{draw.randint(0, 4) if digits is None else digits}f}"

    layers = []
    for inputs, units in itertools.pairwise(sizes):
        rows = [f"[{', '.join(number() for _ in range(inputs))}]" for _ in range(units)]
        values = ", ".join(number() for _ in range(units))
        bias = draw.choice([f"bias: [{values}]", f"bias: {{shared: {number()}}}", f"threshold: [{values}]"])
        activation = draw.choice(["sigmoid", "relu", "tanh", "linear"])
        layers.append(f"{{units: {units}, activation: {activation}, weights: [{', '.join(rows)}], {bias}}}")
    given = ", ".join(number() for _ in range(sizes[0]))
    target = ", ".join(number(1) for _ in range(sizes[-1]))
    return "\n".join(
        [
            "title: Random",
            f"notation: {draw.choice(['flat', 'indexed', 'matrix'])}",
            f"network: {{inputs: {sizes[0]}, layers: [{', '.join(layers)}]}}",
            f"samples: [{{input: [{given}], target: [{target}]}}]",
            "loss: squared_error",
            "training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 2}",
            "parts: [{label: a, ask: [forward]}]",
            "",
        ]
    )


def small_problem(seed: int) -> str:
    """A network of two to four layers, inputs included, of at most four units."""
    draw = random.Random(1000 + seed)
    return random_problem(seed, [draw.randint(1, 4) for _ in range(draw.randint(2, 4))])


def wide_problem(*sizes: int, loss: str = "squared_error") -> str:
    layers = [
        f"{{units: {units}, activation: relu, weights: {{normal: {{std: 0.1, seed: 7}}}}, "
        f"bias: [{', '.join('0' * units)}]}}"
        for units in sizes[1:]
    ]
    return "\n".join(
        [
            "title: Wide",
            f"network: {{inputs: {sizes[0]}, layers: [{', '.join(layers)}]}}",
            f"samples: [{{input: [{', '.join('1' * sizes[0])}], target: [{', '.join('1' * sizes[-1])}]}}]",
            f"loss: {loss}",
            "training: {optimiser: {sgd: {learning_rate: 0.1}}, iterations: 1}",
            "parts: [{label: a, ask: [forward]}]",
            "",
        ]
    )


def faults(scene: Scene) -> list[str]:
    """What overlaps, what leaves the picture."""
    boxes = [(label.text, label.corners()) for label in scene.labels]
    found = [f"{a} on {b}" for (a, one), (b, two) in itertools.combinations(boxes, 2) if overlap(one, two)]
    units = [(box.about, box.corners()) for box in scene.boxes]
    found += [f"{a} on {b}" for (a, one), (b, two) in itertools.combinations(units, 2) if overlap(one, two)]
    tags = [label for label in scene.labels if label.plate]
    found += [f"{tag.text} on {unit}" for tag in tags for unit, box in units if overlap(tag.corners(), box)]
    for about, corners in (*boxes, *units):
        if not all(0 <= x <= scene.width and 0 <= y <= scene.height for x, y in corners):
            found.append(f"{about} outside")
    for label in scene.labels:
        holders = [box for box in scene.boxes if overlap(label.corners(), box.corners())]
        if not label.plate and holders:
            (box,) = holders
            xs, ys = zip(*label.corners(), strict=True)
            (left, top), _, (right, low), _ = box.corners()
            if not (left <= min(xs) and max(xs) <= right and top <= min(ys) and max(ys) <= low):
                found.append(f"{label.text} leaves its unit")
    return found


def texts(scene: Scene) -> dict[str, str]:
    """What is written of each quantity: a label may have its number below its name."""
    found: dict[str, str] = {}
    for label in scene.labels:
        for row in label.rows:
            parted = label.plate and row.about in found
            found[row.about] = f"{found[row.about]} {row.text}" if parted else row.text
    return {about: text for about, text in found.items() if text}
