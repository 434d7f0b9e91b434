"""Circuits to draw: published ones, and random ones of up to thirty gates."""

from __future__ import annotations

import random

from nbsolve.drawing.gates import Circuit, Gate, Wire

TWO = Circuit(
    (Gate("add", "", ("x", "y"), "q"), Gate("multiply", "", ("q", "z"), "f")),
    (
        Wire("x", "x", "-2", "-4"),
        Wire("y", "y", "5", "-4"),
        Wire("z", "z", "-4", "3"),
        Wire("q", "q", "3", "-4"),
        Wire("f", "f", "-12", "1"),
    ),
    "f",
)

NEURON = Circuit(
    (
        Gate("multiply", "", ("w0", "x0"), "p0"),
        Gate("multiply", "", ("w1", "x1"), "p1"),
        Gate("add", "", ("p0", "p1"), "s"),
        Gate("add", "", ("s", "w2"), "z"),
        Gate("multiply", "× (−1)", ("z",), "m"),
        Gate("function", "exp", ("m",), "g"),
        Gate("add", "+ 1", ("g",), "h"),
        Gate("power", "1/x", ("h",), "f"),
    ),
    (
        Wire("w0", "w₀", "2.00", "-0.20"),
        Wire("x0", "x₀", "-1.00", "0.39"),
        Wire("w1", "w₁", "-3.00", "-0.39"),
        Wire("x1", "x₁", "-2.00", "-0.59"),
        Wire("w2", "w₂", "-3.00", "0.20"),
        Wire("p0", "p₀", "-2.00", "0.20"),
        Wire("p1", "p₁", "6.00", "0.20"),
        Wire("s", "s", "4.00", "0.20"),
        Wire("z", "z", "1.00", "0.20"),
        Wire("m", "m", "-1.00", "-0.20"),
        Wire("g", "g", "0.37", "-0.53"),
        Wire("h", "h", "1.37", "-0.53"),
        Wire("f", "f", "0.73", "1"),
    ),
    "f",
)
_BINARY = ("add", "subtract", "multiply", "divide", "max", "min")


def random_circuit(seed: int, gates: int | None = None, known: str = "gradients") -> Circuit:
    """A circuit of up to thirty gates: letters alone, with `values`, or with values and `gradients`."""
    draw = random.Random(seed)
    count = gates or draw.randint(1, 30)
    given = [f"x{k}" for k in range(1, draw.randint(1, 1 + min(8, count)) + 1)]
    names, made = list(given), []
    unused = list(given)

    def number() -> str:
        return draw.choice(
            (f"{draw.uniform(-9, 9):.{draw.randint(0, 4)}f}", "0", f"{draw.uniform(-9, 9):.3e}")
        )

    def operand() -> str:
        name = draw.choice(unused if unused and draw.random() < 0.6 else names[-8:])
        if name in unused:
            unused.remove(name)
        return name

    for k in range(1, count + 1):
        kind = draw.choice((*_BINARY, *_BINARY, "power", "function", "formula"))
        operands = [operand() for _ in range(2 if kind in _BINARY else 1)]
        text = {"power": "( · )²", "function": draw.choice(("exp", "σ", "tanh", "ln"))}.get(kind, "")
        if kind == "formula":
            operands += [operand() for _ in range(draw.randint(0, 4))]
            text = " + ".join(dict.fromkeys(operands))
        made.append(Gate(kind, text, tuple(operands), f"u{k}"))
        names.append(f"u{k}")
        unused.append(f"u{k}")
    wires = [
        Wire(
            name,
            name if draw.random() < 0.9 else f"{name}_wide",
            number() if known != "letters" else "",
            number() if known == "gradients" else "",
        )
        for name in names
    ]
    return Circuit(tuple(made), tuple(wires), names[-1])


def circuit(*gates: str) -> Circuit:
    """A circuit of letters alone: each gate as `m: max a b`, the result at the end."""
    made = []
    for gate in gates:
        name, _, rest = gate.partition(": ")
        kind, *operands = rest.split()
        made.append(Gate(kind, kind if kind in ("function", "formula") else "", tuple(operands), name))
    names = dict.fromkeys(name for gate in made for name in gate.operands)
    names |= dict.fromkeys(gate.finds for gate in made)
    return Circuit(tuple(made), tuple(Wire(name, name) for name in names), made[-1].finds)
