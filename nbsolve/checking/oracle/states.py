"""What an optimiser has kept for each parameter, and learning rates of their own, as a file gives them."""

from __future__ import annotations

from typing import Any

from nbsolve.checking.oracle.spec import Layer

Node = Any


def state_given(given: dict[str, Node], layers: list[Layer], columns: bool) -> dict[str, dict[str, str]]:
    """What the optimiser has kept for each parameter: a number for all, or a list with one entry for each layer."""
    out: dict[str, dict[str, str]] = {}
    for kept, node in given.items():
        for number, layer in enumerate(layers, 1):
            one = node[number - 1] if isinstance(node, list) else {"weights": node, "bias": node}
            for j, row in enumerate(layer.weights):
                for i in range(len(row)):
                    own = one["weights"]
                    if isinstance(own, list):
                        own = own[i][j] if columns else own[j][i]
                    out.setdefault(f"W[{number}][{j + 1}][{i + 1}]", {})[kept] = own
            letter = "theta" if layer.threshold else "b"
            own = one.get("threshold", one.get("bias", "0"))
            for j in range(len(layer.bias or [])):
                text = (own[0] if layer.shared else own[j]) if isinstance(own, list) else own
                out.setdefault(f"{letter}[{number}][{j + 1}]", {})[kept] = text
    return out


def rates_given(node: Node, layers: list[Layer], columns: bool) -> dict[str, str]:
    """The learning rate of each parameter as it is given: for each layer a number for all of it, or a mapping."""
    if node is None:
        return {}
    each = [one if isinstance(one, dict) else {"weights": one, "bias": one} for one in node]
    return {name: own["rate"] for name, own in state_given({"rate": each}, layers, columns).items()}
