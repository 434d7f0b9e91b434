"""Sentences and headings about what is asked and what is done: every number in them is looked up or recomputed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from nbsolve.checking.audit.chain_parts import mark_number
from nbsolve.checking.audit.display import relation_chain
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.function_words import NAMES
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.network_words import NetworkWords
from nbsolve.checking.audit.page import split_inline, unescaped
from nbsolve.checking.audit.parser import parse, read_tokens
from nbsolve.checking.audit.tree import Sym
from nbsolve.checking.audit.update_rule import letters_said
from nbsolve.checking.audit.words import ASKED, Place, asks_of
from nbsolve.checking.oracle.activations import base, temperature
from nbsolve.checking.oracle.numbers import Real
from nbsolve.checking.oracle.own import CALLED


class Sentences(NetworkWords):
    """Checks each sentence that `prose_rules` names."""

    def several_inputs(self, place: Place, out: Found, count: str, inputs: str) -> None:
        """Which of the numbers that come in belong to which input."""
        sizes, first, expected = self.node["network"]["inputs"], 1, []
        for name, size in sizes.items():
            own = [f"x[{first + i}]" for i in range(int(size))]
            expected.append((name, own if len(own) <= 6 else [own[0], "to", own[-1]]))
            first += int(size)
        found = []
        for name, numbers in re.findall(r"([A-Za-z][^,$(]*?) \(([^)]*)\)", inputs):
            pieces = re.findall(r"\$[^$]*\$|to", numbers)
            found.append((name, [piece if piece == "to" else self._letter(piece) for piece in pieces]))
        if int(count) != len(sizes) or found != expected:
            out.faults.append(f"inputs {found}, not {expected}")

    def asked(self, place: Place, out: Found, label: str, words: str, marks: str | None) -> None:
        label = unescaped(label)
        part = self.parts.get(label, {} if label == "a" and not self.parts else None)
        if part is None:
            out.faults.append(f"no part {label}")
            return
        given = str(part.get("marks")) if "marks" in part else None
        if marks != given:
            out.faults.append(f"part {label}: {marks} marks, not {given}")
        words = self.without_vectors(words, out)
        self._check_asked(part, words, out)
        at = re.search(r" in iterations? (\d+(?:(?:, | and )\d+)*)", words)
        if at and at[1] != (str(self._at(part)) if "at" in part else _listed(sorted(self.spec.show))):
            out.faults.append(f"part {label}: iteration {at[1]}")
        named: list[str] = []
        for formula, source in split_inline(re.sub(r"all entries of \$[^$]*\$, ", "", words)):
            if formula:
                node = parse(source, self.world.symbols)
                named.append(node.name if isinstance(node, Sym) else source)
            elif re.search(r"\d", source.replace(at[0], "") if at else source):
                out.faults.append(f"a number in: {source}")
        asks = [one for ask in asks_of(part) if ask not in ASKED for one in self.meant(ask)]
        if len(asks) != len(named) or not all(
            self._names(n, ask) for n, ask in zip(named, asks, strict=False)
        ):
            out.faults.append(f"asked: {named}, not {asks}")

    def _check_asked(self, part: Mapping[str, Any], words: str, out: Found) -> None:
        """The words are those of what is asked, in that order."""
        plain = re.sub(r" in iterations? \d+(?:(?:, | and )\d+)*", "", words)
        plain = re.sub(r"all entries of (\$[^$]*\$), (\$[^$]*\$) to ", r"\1, \2, ", plain)
        plain = plain.replace(" for each sample", "")
        said = [x for x in re.split(r", (?:and )?| and (?!activations)", plain) if not x.startswith("$")]
        batch = any(len(self.spec.batch_of(t)) > 1 for t in range(1, min(self.spec.iterations, 50) + 1))
        each = [batch and ask not in ASKED and self.of_samples(ask) for ask in asks_of(part)]
        samples = sum(one and not after for one, after in zip(each, [*each[1:], False], strict=True))
        samples += sum(
            ask == "prediction" or (batch and ask in ASKED and self.of_samples(ask)) for ask in asks_of(part)
        )
        if words.count("for each sample") != samples:
            out.faults.append(f"{words.count('for each sample')} quantities for each sample, not {samples}")
        wanted = [ASKED[ask] for ask in asks_of(part) if ask in ASKED]
        if self.parts and said != wanted:
            out.faults.append(f"asked: {said}, not {wanted}")

    def _on_samples(self, place: Place, out: Found, on: str | None) -> None:
        """` on sample 2`, where there are several."""
        batch = [s + 1 for s in self.spec.batch_of(place.context.iteration)]
        wanted = f" on samples {batch[0]} to {batch[-1]}" if len(batch) > 1 else f" on sample {batch[0]}"
        if on != (wanted if len(self.spec.inputs) > 1 else None):
            out.faults.append(f"the loss{on} of samples {batch}")

    def loss_same_digits(self, place: Place, out: Found, on: str | None) -> None:
        self._on_samples(place, out, on)

    def loss_moved(self, place: Place, out: Found, on: str | None, verb: str, old: str, new: str) -> None:
        t = place.context.iteration
        self._on_samples(place, out, on)
        before, after = (self.world.value(n, t, carried=True) for n in ("L", "L_new"))
        if not isinstance(before, (Fraction, Real)) or not isinstance(after, (Fraction, Real)):
            raise Unreadable("no loss")
        if (after < before) != (verb == "falls"):
            out.faults.append(f"the loss {verb}")
        for source, name in ((old, "L"), (new, "L_new")):
            self._value(source, name, t, out)

    def training(
        self,
        place: Place,
        out: Found,
        rates: str | None,
        iterations: str | None,
        penalty: str | None,
        name: str | None,
        formulae: str | None,
    ) -> None:
        """Learning rates, how many iterations, the optimiser's rule where it has one, the penalty's strength."""
        if self.rule is None:
            if rates or name or iterations:
                raise Unreadable("nothing is trained")
            self.data(place, out, penalty or "")
            return
        if (rates is None) is not bool(self.spec.own_rates):
            out.faults.append(f"learning rates: {rates}")
        out.faults += self.rule.rates_in(rates) if rates else []
        if (name or "gradient descent") != self.rule.called or (formulae is None) is not self.rule.bare:
            out.faults.append(f"{name}, not {self.rule.called}")
        if formulae:
            parts = split_inline(formulae)
            if any(part != ", " for formula, part in parts if not formula):
                raise Unreadable(formulae)
            chains = [relation_chain(read_tokens(part)) for formula, part in parts if formula]
            out.faults += self.rule.equations(chains)
        for said in (iterations, penalty):
            self.data(place, out, said or "")

    def letters_of_rule(self, place: Place, out: Found, sentence: str) -> None:
        """What g, w, t and G are in the rule, and what is kept."""
        state = {*self.node.get("training", {}).get("state", {})} - {"t"}
        told = None if self.rule is None else letters_said(sentence, [self.rule], state)
        out.faults += [f"no letters of a rule: {sentence}"] if told is None else told

    def updates(self, place: Place, out: Found, count: str) -> None:
        if int(count.replace("one", "1")) != self.spec.updates:
            out.faults.append(f"{count} updates before, not {self.spec.updates}")

    def updated(self, place: Place, out: Found, letter: str) -> None:
        """The parameter whose lines come next."""
        name = self._letter(f"${letter}$")
        if not re.match(r"(W|b|theta)\[", name) or not self.world.trained(name):
            out.faults.append(f"the update of {letter}")

    def put_into(self, place: Place, out: Found, first: str, last: str) -> None:
        marks = place.context.formulae.values()
        first, last = first.strip("$"), last.strip("$")
        if (mark_number(first), mark_number(last)) != (min(marks), max(marks)):
            out.faults.append(f"into {first} … {last}, not {min(marks)} … {max(marks)}")

    def loss_same(self, place: Place, out: Found, on: str | None) -> None:
        self._on_samples(place, out, on)
        t = place.context.iteration
        if self.world.value("L", t, carried=True) != self.world.value("L_new", t, carried=True):
            out.faults.append("the loss does not stay")

    def paths(self, place: Place, out: Found, *counts: str) -> None:
        units = self.spec.layers[place.layer].units if place.layer is not None else 0
        if {int(c) for c in counts} != {units}:
            out.faults.append(f"{counts} units of the next layer, not {units}")

    def dead(self, place: Place, out: Found, letters: str) -> None:
        for formula, source in split_inline(letters):
            if not formula:
                continue
            node = parse(source, self.world.symbols)
            if not isinstance(node, Sym):
                raise Unreadable(source)
            slope = self.world.value(
                f"∂{node.name}/∂{node.name.replace('a[', 'z[', 1)}", place.context.iteration, carried=False
            )
            if slope != 0:
                out.faults.append(f"{node.name} is active")

    def held_count(self, place: Place, out: Found, count: str) -> None:
        held = sum(not free for layer in self.spec.layers for row in layer.weights_trainable for free in row)
        for layer in self.spec.layers:
            flags = layer.bias_trainable[: 1 if layer.shared else None] if layer.bias is not None else []
            held += sum(not free for free in flags)
        if int(count) != held:
            out.faults.append(f"{count} parameters held, not {held}")

    def temperature(self, place: Place, out: Found, number: str) -> None:
        warm = {temperature(layer.activation, layer.parameters) for layer in self.spec.layers}
        if Fraction(number) not in warm:
            out.faults.append(f"no layer has the temperature {number}")

    def base(self, place: Place, out: Found, number: str) -> None:
        """The base of a softmax."""
        bases = [base(one.parameters) for one in self.spec.layers if one.activation == "softmax_with_base"]
        if Fraction(number) not in bases:
            out.faults.append(f"no layer has powers of {number}")

    def held(self, place: Place, out: Found, letters: str) -> None:
        for formula, source in split_inline(letters):
            if not formula:
                if source.strip(" ,."):
                    raise Unreadable(source)
                continue
            whole = re.fullmatch(
                r"(?:\\mathbf\{)?(W|b|\\theta|\\mathbf\{b\}|\\boldsymbol\{\\theta\})\}?\^\{\((\d+)\)\}",
                source,
            )
            node = (
                None
                if whole and read_tokens(source) not in self.world.symbols
                else parse(source, self.world.symbols)
            )
            if node is not None:
                if not isinstance(node, Sym) or self.world.trained(node.name):
                    out.faults.append(f"{source} is trained")
            elif whole:
                layer = self.layer(whole[2])
                moved = (
                    any(any(row) for row in layer.weights_trainable)
                    if whole[1] == "W"
                    else any(layer.bias_trainable)
                )
                if moved:
                    out.faults.append(f"{source} is trained")

    def nothing(self, place: Place, out: Found, *_: str) -> None:
        """A sentence whose number is part of its words."""

    def heading_iteration(
        self, place: Place, out: Found, number: str, kind: str | None, first: str | None, last: str | None
    ) -> None:
        batch = [s + 1 for s in self.spec.batch_of(int(number))]
        if int(number) != place.context.iteration or int(number) not in self.spec.show:
            out.faults.append(f"iteration {number}")
        if first and [int(first), int(last or first)] != [batch[0], batch[-1]]:
            out.faults.append(f"iteration {number} takes {batch}")

    def heading_sample(self, place: Place, out: Found, number: str) -> None:
        if int(number) != place.sample or int(number) - 1 not in self.spec.batch_of(place.context.iteration):
            out.faults.append(f"sample {number} is not in this batch")

    def heading_quantity(self, place: Place, out: Found, source: str) -> None:
        """A gradient that has a section of its own is one that is asked for."""
        name = self._letter(f"${source}$")
        if not any(self._names(name, ask) for part in self.parts.values() for ask in asks_of(part)):
            out.faults.append(f"a section about {name}, which nobody asks for")
        if name not in (place.targets or ()):
            out.faults.append(f"a section about {name}, which it does not find")

    def heading_layer(self, place: Place, out: Found, number: str, position: str, name: str) -> None:
        at = int(number)
        if at != place.layer or not 1 <= at <= self.world.depth:
            out.faults.append(f"layer {number}")
            return
        functions = [NAMES.get(one) or CALLED.get(one) or one for one in name.split(", ")]
        last = at in self.spec.ends
        right = [own for own, _ in self.spec.layers[at - 1].all_functions]
        right = right[:1] if len({*map(str, self.spec.layers[at - 1].all_functions)}) == 1 else right
        if self.spec.layers[at - 1].largest:
            right = ["maxout", *(right if right != ["linear"] else [])]
        if functions != right or (position == "output") != last:
            out.faults.append(f"layer {number}: {position}, {name}")

    def heading_of_head(self, place: Place, out: Found, number: str) -> None:
        """The heading names one output layer among several."""
        if int(number) != place.layer or len(self.spec.ends) < 2 or int(number) not in self.spec.ends:
            out.faults.append(f"output layer {number}")

    def heading_of_layer(self, place: Place, out: Found, number: str) -> None:
        if int(number) != place.layer or not 1 <= int(number) <= self.world.depth:
            out.faults.append(f"layer {number}")


def _listed(numbers: Sequence[int]) -> str:
    """`1, 2 and 3`."""
    return " and ".join(filter(None, [", ".join(map(str, numbers[:-1])), *map(str, numbers[-1:])]))
