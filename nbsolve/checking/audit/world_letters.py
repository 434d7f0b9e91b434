"""Which quantity each letter of a page stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from nbsolve.checking.audit import optimising
from nbsolve.checking.audit.names import PRODUCTS, Entry, Key, indices
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.oracle import activations
from nbsolve.checking.oracle.spec import Spec


class WorldLetters:
    """Letters of one problem: `symbols` maps what is written to names."""

    spec: Spec
    node: Mapping[str, Any]
    entries: list[Entry]
    symbols: dict[tuple[str, ...], str]
    printed: dict[Key, str]

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
            self.symbols.setdefault(without_sample(texts), name.partition("@")[0])
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


def without_sample(texts: tuple[str, ...]) -> tuple[str, ...]:
    """`x_1^{[2]}` and `z_1^{(1)[2]}` as an iteration of one sample writes them: `x_1`, `z_1^{(1)}`."""
    for at in range(len(texts) - 2):
        if texts[at] == "[" and texts[at + 2] == "]":
            texts = texts[:at] + texts[at + 3 :]
            break
    if texts[-3:] == ("^", "{", "}"):
        texts = texts[:-3]
    return texts
