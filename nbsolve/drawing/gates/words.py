"""What is said about a computation graph: its legend, and the words that stand for the picture."""

from __future__ import annotations

from collections.abc import Sequence

from nbsolve.drawing.gates.circuit import KINDS, Circuit, Gate, Lettering, Wire
from nbsolve.drawing.legend import Legend
from nbsolve.drawing.numbers import digits
from nbsolve.drawing.scene import Span, row
from nbsolve.letters import plain_script
from nbsolve.phrases import phrase, phrase_of

__all__ = ["described", "gate_text", "legend_of", "lettered", "numbers"]

_SMALL = 14.0
_SIGNS = {"add": "+", "subtract": "−", "multiply": "×", "divide": "÷", "max": "max", "min": "min"}


def lettered(text: Lettering, kind: str = "") -> tuple[Span, ...]:
    """A letter as it is set: a single one italic. A gate without text has the sign of its kind."""
    if not isinstance(text, str):
        return text
    text = text or _SIGNS.get(kind, "")
    return (Span(text, italic=len(text) == 1 and text.isalpha()),)


def numbers(text: Lettering) -> tuple[Span, ...]:
    """A number as it is set."""
    if not isinstance(text, str):
        return text
    return digits(text) if text.replace("−", "-").lstrip("-")[:1].isdigit() else (Span(text),)


def legend_of(circuit: Circuit) -> Legend:
    """Which number is which, and what the kinds of gates that occur do to a gradient."""
    if not circuit.has_gradients:
        return Legend((), ())
    name = _plain(lettered(circuit.named[circuit.of].letter))
    which = row((Span(phrase("drawing.legend.value_gradient", loss=name)),), _SMALL, "quiet", "legend")
    kinds = {gate.kind for gate in circuit.gates}
    return Legend(
        (("", which),), tuple(phrase_of("drawing.gates.legend.", kind) for kind in KINDS if kind in kinds)
    )


def described(circuit: Circuit) -> str:
    """Every quantity in the order in which it becomes known, with what its gate does."""
    said = [_said(wire, phrase("drawing.gates.given", name=_name(wire))) for wire in circuit.given]
    for gate in circuit.gates:
        wire = circuit.named[gate.finds]
        slots = {"name": _name(wire), "operands": _listed([circuit.named[one] for one in gate.operands])}
        what = phrase_of("drawing.gates.kinds.", gate.kind, text=_plain(lettered(gate.text, gate.kind)))
        said.append(_said(wire, phrase("drawing.gates.found", what=what, **slots)))
    return " ".join(said)


def _said(wire: Wire, begins: str) -> str:
    parts = [begins]
    if wire.value:
        parts.append(phrase("drawing.gates.value", value=_plain(numbers(wire.value))))
    if wire.gradient:
        parts.append(phrase("drawing.gates.gradient", gradient=_plain(numbers(wire.gradient))))
    return ", ".join(parts) + "."


def _listed(wires: Sequence[Wire]) -> str:
    names = [_name(wire) for wire in wires]
    return (
        names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {phrase('drawing.gates.and')} {names[-1]}"
    )


def _name(wire: Wire) -> str:
    return _plain(lettered(wire.letter))


def _plain(spans: Sequence[Span]) -> str:
    """Spans in one line of text: w₁, 10⁻⁶."""
    return "".join(
        plain_script("^" if span.shift < 0 else "_", span.text) if span.shift else span.text for span in spans
    )


def gate_text(gate: Gate) -> tuple[Span, ...]:
    """What is written in a gate."""
    return lettered(gate.text, gate.kind)
