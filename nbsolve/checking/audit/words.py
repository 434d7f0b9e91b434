"""What sentences and tables share: numbers, letters, and what a part asks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from nbsolve.checking.audit.chain_parts import printed_as, text_of
from nbsolve.checking.audit.chains import ChainChecker
from nbsolve.checking.audit.classes import CLASSES, Classes
from nbsolve.checking.audit.display import relation_chain
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.found import Context, Found
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import literal, tidy
from nbsolve.checking.audit.logarithms import collapsed
from nbsolve.checking.audit.names import indices
from nbsolve.checking.audit.optimising import STATES
from nbsolve.checking.audit.page import split_inline, squeezed
from nbsolve.checking.audit.parser import parse, read_tokens
from nbsolve.checking.audit.same import spelt
from nbsolve.checking.audit.tree import Node, Sym
from nbsolve.checking.audit.update_rule import UpdateRule
from nbsolve.checking.audit.world import World
from nbsolve.checking.audit.world_givens import texts_of
from nbsolve.checking.oracle.activations import WHOLE
from nbsolve.checking.oracle.numbers import Real
from nbsolve.checking.oracle.rounding import fault
from nbsolve.checking.oracle.spec import Layer

ASKED = {
    "forward": "all pre-activations and activations", "loss": "the loss",
    "jacobian": "the Jacobian of the outputs with respect to the inputs",
    "jacobian_vector_product": "the product of the Jacobian with the vector",
    "vector_jacobian_product": "the product of the transposed Jacobian with the vector",
    "gradients": "the gradients of the loss with respect to all parameters",
    "deltas": "the error signals of all units",
    "changes": "the changes of all parameters", "updated_parameters": "the parameters after the update",
    "forward_after": "the forward pass after the update", "loss_after": "the loss after the update",
    "epoch_loss": "the loss of the epoch",
    "state": "the state of the optimiser for every parameter after the update",
    "decision_boundary": "the decision boundary after training",
    "prediction": "the prediction after training", "accuracy": "the accuracy after training",
}  # fmt: skip
ANSWERS = {
    "jacobian": r"∂a\[\d+\]\[\d+\](@\d+)?/∂x\[",
    "jacobian_vector_product": r"Jv\[", "vector_jacobian_product": r"uJ\[",
    "forward": r"[za]\[", "loss": r"L$", "gradients": r"∂L/∂(W|b|theta)\[", "deltas": r"(∂L/∂z|delta)\[",
    "changes": r"(W|b|theta)_change\[", "updated_parameters": r"(W|b|theta)_new\[", "forward_after": r"[za]_new\[",
    "loss_after": r"L_new$", "epoch_loss": r"L_epoch$",
    "state": rf"({'|'.join(STATES)})_(W|b|theta)_new\[",
}  # fmt: skip

LINKED = re.compile(r"\[([^\[\]\s]+)\]\(<\1>\)")
"""An address that a text writes out is a link to itself on a page."""


@dataclass
class Place:
    """What the headings above say, and which iterations came before."""

    context: Context
    sample: int | None = None
    layer: int | None = None
    section: str = ""
    box: str = ""
    anchors: tuple[str, ...] = field(default_factory=tuple)
    targets: set[str] | None = None
    """What is found under the heading of one quantity."""


class Words:
    """Values and letters of one problem, as its sentences and tables write them."""

    def __init__(self, world: World, node: Mapping[str, Any], chains: ChainChecker) -> None:
        self.world = world
        self.node = node
        self.chains = chains
        self.spec = world.spec
        self.rule = self._rule()
        asked = {ask for part in node.get("parts") or [] for ask in asks_of(part)}
        self.classes = Classes(world, chains) if asked & {*CLASSES} else None
        self._letters: dict[str, str] = {}
        self._sound: set[tuple[str, str, int]] = set()
        verbatim = [str(node.get("title", "")), str(node.get("statement", ""))]
        verbatim += [str(p) for p in node.get("pitfalls", [])]
        verbatim += [f"Source: {node['source']}"] if "source" in node else []
        parts = node.get("parts") or []
        self.parts = {str(p["label"]): p for p in parts}
        verbatim += [f"**({label})** {p['text']}" for label, p in self.parts.items() if "text" in p]
        self.authored = [text for text in verbatim if text]
        self.verbatim = {drawn(text) for text in self.authored}

    def _rule(self) -> UpdateRule | None:
        """How parameters are updated, where they are."""
        if "training" not in self.node:
            return None
        spec, said = self.spec, self.node["training"]["optimiser"]
        penalised, own = spec.penalty is not None, bool(spec.own_rates)
        notation = self.node.get("notation")
        rate = notation.get("learning_rate", r"\eta") if isinstance(notation, dict) else r"\eta"
        return UpdateRule(
            spec.optimiser, texts_of(said), spec.schedule, spec.clip, penalised, own_rates=own, rate=rate
        )

    def layer(self, number: str) -> Layer:
        """The layer of a number that a page says."""
        if not 1 <= int(number) <= len(self.spec.layers):
            raise Unreadable(f"no layer {number}")
        return self.spec.layers[int(number) - 1]

    def inline_chain(self, source: str, place: Place, out: Found) -> None:
        """`x_1 = 1`."""
        found = self.chains.check(relation_chain(read_tokens(source)), place.context)
        out.faults += found.faults
        out.numbers += found.numbers

    def number(self, source: str) -> Node:
        """A formula that is one number."""
        node = tidy(parse(source, self.world.symbols))
        node = collapsed(node) if self.world.logarithms else node
        if literal(node) is None and "/" not in text_of(node):
            raise Unreadable(f"not a number: {source}")
        return node

    def _value(self, source: str, name: str, t: int, out: Found) -> None:
        """A number that stands for a quantity, with the digits of an answer."""
        if (source, name, t) in self._sound:
            out.numbers += 1
            return
        before = len(out.faults)
        self._check_value(source, name, t, out)
        if len(out.faults) == before:
            self._sound.add((source, name, t))

    def _check_value(self, source: str, name: str, t: int, out: Found) -> None:
        node = self.number(source)
        out.numbers += 1
        given = None
        plain = self.world.copied(name) or name
        key = None if plain.startswith("∂") else self.world.key(plain, t)
        if key is not None:
            given = self.world.givens.get(key)
            held = key[0].replace("_new", "")
            moved = indices(name)[0] in ("W_new", "b_new", "theta_new")
            if given is None and moved and not self.world.trained(key[0]):
                given = self.world.givens.get((held, 1, None))
        if given is not None:
            if not printed_as(node, given):
                out.faults.append(f"{name} is given as {given}, printed {text_of(node)}")
            return
        value = self.world.value(name, t, carried=True)
        if not isinstance(value, (Fraction, Real)):
            raise Unreadable(f"{name} is no number")
        digits = self.chains.between if self.world.each_step else self.chains.answers
        printed = literal(node)
        if printed is None:
            if value != Evaluator()(node):
                out.faults.append(f"{name}: a fraction")
            return
        initial = (
            self.world.givens.get((name.replace("_new", ""), 1, None))
            if "_new" in name or name[0] in "Wbt"
            else None
        )
        if initial is not None and printed_as(node, initial) and value == printed[0]:
            return
        before = None if self.world.each_step else self.world.before(name, t)
        wrong = fault(text_of(node), value, digits, before)
        if wrong and self.world.each_step and printed[0] == value:
            wrong = None
        if wrong:
            out.faults.append(f"{name}: {wrong}")

    def _letter(self, cell: str) -> str:
        if cell not in self._letters:
            self._letters[cell] = self._read_letter(cell)
        return self._letters[cell]

    def _read_letter(self, cell: str) -> str:
        node = parse(cell.strip("$"), self.world.symbols)
        if not isinstance(node, Sym) or not (cell.startswith("$") and cell.endswith("$")):
            raise Unreadable(f"not a letter: {cell}")
        return node.name

    def _at(self, part: Mapping[str, Any]) -> int | None:
        at = part.get("at")
        return self.spec.iterations if at == "last" else int(at) if at is not None else None

    def _names(self, name: str, ask: str) -> bool:
        """Whether `dL/dw7`, `dL/dW[2][1][1]` or `w_7` means the quantity."""
        if name.partition("@")[0] in ("L", "L_new") and "@" in name:
            name = name.replace("L", "L_sample", 1)
        name = name.partition("@")[0] if not name.startswith("∂") else re.sub(r"@\d+", "", name)
        if any(same_name(name, one) for one in self.meant(ask)):
            return True
        return same_name(name, ask) or re.sub(r"\W|_", "", ask) in self._symbols_of(name)

    def meant(self, ask: str) -> list[str]:
        """The entries of a whole vector or matrix that is asked for by its canonical name; anything else itself."""
        stem = ask.removesuffix("[:]")
        local = re.fullmatch(r"d([az])(?:\[(\d+)\])?/d([zW])\[(\d+)\]", stem)
        if local:
            return [*self._local(local[1], local[3], int(local[4]), whole=local[2] is not None)]
        names = dict.fromkeys(re.sub(r"@\d+", "", key[0]) for key in self.world.true)
        if not re.fullmatch(r"(d\w+(\[\d+\])*/d)?[A-Za-z_]+(\[\d+\])*", stem) or stem in names:
            return [ask]
        pattern = re.escape(stem).replace("dL_out/", r"dL_out\[\d+\]/") + r"\["
        found = [name for name in names if re.match(pattern, name)]
        at = indices(stem.rpartition("/d")[2])[1]
        if found and re.match(r"(dL/d)?b(_\w+)?\[", stem) and self.spec.layers[at[0] - 1].shared:
            found = found[:1]
        if len(found) > 6:  # a long list is said by its ends
            return [found[0], found[-1]]
        return found or [ask]

    def _local(self, top: str, bottom: str, number: int, *, whole: bool) -> Iterator[str]:
        """The entries of `da/dz[1]`, of the Jacobian `da[2]/dz[2]` of softmax, of `dz[1]/dW[1]`."""
        layer = self.spec.layers[number - 1]
        units = range(1, layer.units + 1)
        for k in units:
            if bottom == "W":
                inputs = len(layer.weights[0])
                yield from (f"dz[{number}][{k}]/dW[{number}][{k}][{i}]" for i in range(1, inputs + 1))
                continue
            others = units if whole and layer.activation in WHOLE else [k]
            yield from (f"d{top}[{number}][{k}]/dz[{number}][{j}]" for j in others)

    def of_samples(self, ask: str) -> bool:
        """Whether what is asked has a value for each sample."""
        bottom = ask.rpartition("/d")[2]
        local = re.match(r"d(a|z|L_out)(\[|/)", ask) is not None
        return local or bool(re.match(r"(x|y|e|z|a|delta|L_out|L_sample|Jv|uJ)(_new)?(\[|$)", bottom))

    def _symbols_of(self, name: str) -> list[str]:
        """How an asked name may spell a quantity: `dLdw7` for `dL/dw7`."""
        top, _, bottom = name.removeprefix("∂").partition("/∂")
        spelled = {
            re.sub(r"\W|_", "", "".join(texts))
            for texts, n in self.world.symbols.items()
            if n == (bottom or top)
        }
        tops = {re.sub(r"\W|_", "", "".join(texts)) for texts, n in self.world.symbols.items() if n == top}
        return (
            [f"d{a}d{b}" for a in tops for b in spelled] + ["dLd" + b for b in spelled]
            if bottom
            else sorted(spelled)
        )


def drawn(text: str) -> str:
    """A text without its spaces, its formulae in one spelling: what a reader cannot tell apart is the same."""
    text = LINKED.sub(r"\1", text)
    try:
        parts = split_inline(text)
        return "".join(f"${' '.join(spelt(part))}$" if formula else squeezed(part) for formula, part in parts)
    except (Unreadable, ValueError):
        return squeezed(text)


def folded(text: str) -> str:
    """A text on one line."""
    return " ".join(text.split())


def exact(formula: str) -> Fraction:
    """The value of a formula of numbers."""
    value = Evaluator()(tidy(parse(formula, {})))
    if not isinstance(value, Fraction):
        raise Unreadable(formula)
    return value


def asks_of(part: Mapping[str, Any]) -> list[str]:
    """What a part asks, as written."""
    asks = part.get("ask", [])
    return [str(ask) for ask in (asks if isinstance(asks, list) else [asks])]


def same_name(name: str, ask: str) -> bool:
    """`∂L/∂W[1][1][1]` asked as `dL/dW[1][1][1]`."""
    return name.replace("∂", "d") == ask
