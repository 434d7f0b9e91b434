"""Sentences and headings: every number in them is looked up in the problem or recomputed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from nbsolve.checking.audit.chains import TROUBLE, Context, Found, mark_number
from nbsolve.checking.audit.conventions import NAMES, Conventions
from nbsolve.checking.audit.display import relation_chain
from nbsolve.checking.audit.given_values import GivenValues
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.live import LiveWords
from nbsolve.checking.audit.optimising import CALLED_OPTIMISERS
from nbsolve.checking.audit.page import split_inline, unescaped
from nbsolve.checking.audit.parser import parse, read_tokens, whole
from nbsolve.checking.audit.products import Products
from nbsolve.checking.audit.tables import Tables
from nbsolve.checking.audit.tree import Sym
from nbsolve.checking.audit.update_rule import letters_said
from nbsolve.checking.audit.words import ASKED, Place, asks_of, drawn, folded
from nbsolve.checking.oracle.activations import temperature
from nbsolve.checking.oracle.named_inputs import names_taken
from nbsolve.checking.oracle.numbers import Real
from nbsolve.checking.oracle.own import CALLED

Rule = tuple[re.Pattern[str], Callable[..., None]]


_OPTIMISERS = "|".join(("gradient descent", *{*CALLED_OPTIMISERS.values()}))
_FINER = r"(?:the powers and their sum in (?:temperature-scaled |log-)?softmax|\$[^$]*\$)"
"""What may have more digits than each step is rounded to."""


class ProseChecker(Conventions, GivenValues, Products, Tables, LiveWords):
    """Checks everything that is not a displayed formula."""

    def text(self, source: str, place: Place) -> Found:
        """A paragraph, a list item or a heading."""
        out = Found()
        line = folded(source)
        digits = sum(c.isdigit() for c in source)
        out.digits, out.lines = digits, 1 if digits else 0
        if drawn(line) in self.verbatim:
            self._formulas_of_author(line, out)
            return out
        slots = self.live_slots(line)
        if slots is not None:
            for asked, printed in slots:
                self.check_slot(asked, printed, out)
            return out
        if not re.search(r"[\d$]", line):
            return out
        try:
            said = None if self.rule is None else self.rule.convention(line) or self.rule.passage(line)
            if said is not None:
                out.faults += said
                return out
        except TROUBLE as error:
            out.faults.append(f"{type(error).__name__} {error}: {line}")
            return out
        for pattern, check in RULES:
            match = pattern.fullmatch(line)
            if match:
                try:
                    check(self, place, out, *match.groups())
                except TROUBLE as error:
                    out.faults.append(f"{type(error).__name__} {error}: {line}")
                return out
        out.faults.append(f"a sentence the audit does not know: {line}")
        return out

    def _formulas_of_author(self, text: str, out: Found) -> None:
        """The author's words are as in the file; `letter ≈ number` must hold in some iteration all the same."""
        for formula, part in split_inline(text):
            if not formula:
                continue
            try:
                chain = relation_chain(read_tokens(part))
                target = whole(chain.target, self.world.symbols)
            except Unreadable:
                continue  # a general formula, in letters that stand for no one quantity
            if not isinstance(target, Sym) or "≈" not in {relation for relation, _ in chain.items}:
                continue  # notes write = for the wrong values that they warn of
            targets = [target]
            if re.match(r"(W|b|theta)\[", target.name):
                targets.append(Sym(target.name.replace("[", "_new[", 1)))
            faults = [
                self.chains.check_author(chain, letter, Context(t))
                for t in sorted(self.spec.show)
                for letter in targets
            ]
            if all(faults):
                out.faults.append(f"{part}: {faults[0]}")

    def network(self, place: Place, out: Found, sentence: str) -> None:
        sizes = [int(n) for n in re.findall(r"\d+", sentence)]
        expected = [len(self.spec.inputs[0]), *(layer.units for layer in self.spec.layers)]
        if sizes != [n for n in expected if n > 1]:
            out.faults.append(f"sizes {sizes} in: {sentence}")

    def sources(
        self, place: Place, out: Found, number: str, layers: str, side: str | None, columns: str | None
    ) -> None:
        """Which layers come in, and whose each column (or row) of the weights is."""
        layer = self.layer(number)
        sources: list[str | int] = [source for source in layer.sources if source >= 0]
        taken = names_taken(self.node, int(number))
        if taken is not None:
            at = sources.index(0)
            sources[at : at + 1] = taken
        if _sources(layers) != sources:
            out.faults.append(f"layer {number} takes {sources}, not {layers}")
        alone = len([source for source in layer.sources if source >= 0]) == 1 and not layer.written
        if (columns is None) is not (alone or layer.constant is not None):
            out.faults.append(f"layer {number}: {columns}")
        if columns is None:
            return
        names = [
            f"a[{n}][{unit}]" if n else f"x[{unit}]"
            for column, (n, unit) in enumerate(self.spec.incoming(int(number)), 1)
            if not layer.written or column in layer.written
        ]
        named = [self._letter(part) for part in columns.split(", ")]
        if named != names or (side == "rows") is not (self.world.node["network"].get("layout") == "x W + b"):
            out.faults.append(f"{side} of layer {number}: {named}, not {names}")

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

    def adds(self, place: Place, out: Found, number: str, layers: str) -> None:
        """Which layers a layer adds up."""
        layer = self.layer(number)
        if not layer.adds or _layers(layers) != list(layer.sources):
            out.faults.append(f"layer {number} adds {layer.sources}, not {layers}")

    def tied(
        self, place: Place, out: Found, number: str, other: str, turned: str | None, letter: str
    ) -> None:
        """Whose weights a layer uses."""
        layer = self.layer(number)
        if layer.same_as != int(other) or layer.turned is not bool(turned):
            out.faults.append(f"layer {number} uses {layer.same_as}, {layer.turned}")
        if self._letter(letter) != f"matrix W[{other}]":
            out.faults.append(f"{letter} is no name of the weights of layer {other}")

    def uses(self, place: Place, out: Found, layers: str) -> None:
        """Which layers use the weights whose gradients follow."""
        users = [n for n in range(1, self.world.depth + 1) if self.spec.owner(n) == place.layer]
        if _layers(layers) != users:
            out.faults.append(f"{layers} use the weights of layer {place.layer}, not {users}")

    def users(self, place: Place, out: Found, layers: str) -> None:
        """Which layers take the activations whose gradients follow."""
        users = [n for n, layer in enumerate(self.spec.layers, 1) if place.layer in layer.sources]
        if _layers(layers) != users:
            out.faults.append(f"{layers} take the activations of layer {place.layer}, not {users}")

    def missing(self, place: Place, out: Found, number: str, pairs: str) -> None:
        """Which connections do not exist."""
        incoming = self.spec.incoming(int(number))
        expected = []
        written = self.layer(number).written
        for unit, column in sorted(self.layer(number).missing):
            if written and column not in written:
                continue
            layer, own = incoming[column - 1]
            source = "x" if layer == 0 else f"a[{layer}]" if layer > 0 else f"one[{-layer}]"
            expected.append((f"{source}[{own}]", f"z[{number}][{unit}]"))
        named = [tuple(self._letter(end) for end in pair.split(" to ")) for pair in pairs.split(", ")]
        if named != expected:
            out.faults.append(f"missing in layer {number}: {named}, not {expected}")

    def data(self, place: Place, out: Found, sentence: str) -> None:
        for formula, part in split_inline(sentence):
            if formula:
                self.inline_chain(part, place, out)
            elif part.strip(" ,"):
                if part.strip(" ,") == "1 iteration":
                    continue
                if not re.fullmatch(
                    r"(?:, )?(\d+) iterations(?:, [Pp]enalty strength )?"
                    r"|(?:, )?[Pp]enalty strength |Learning rate ",
                    part,
                ):
                    raise Unreadable(f"unknown words: {part}")
                number = re.search(r"\d+", part)
                if number and int(number[0]) != self.spec.iterations:
                    out.faults.append(f"{number[0]} iterations, not {self.spec.iterations}")

    def sample_weights(self, place: Place, out: Found, listed: str) -> None:
        """The weights as the problem writes them."""
        if listed.split(", ") != [str(weight) for weight in self.node.get("sample_weights", [])]:
            out.faults.append(f"weights {listed}")

    def given_gradient(
        self, place: Place, out: Found, loss: str, batch: str | None, rows: str | None, again: str
    ) -> None:
        """That only the gradient with respect to the outputs is known."""
        several = len(self.spec.inputs) > 1
        named = self._letter(f"${loss}$") == self._letter(f"${again}$") == "L"
        if self.spec.upstream is None or not named or {bool(batch), bool(rows)} != {several}:
            out.faults.append(f"a given gradient of {loss}")

    def stands_for_loss(self, place: Place, out: Found, loss: str, words: str) -> None:
        """Σ ∂L/∂a · a over the outputs, many of them by the first and the last."""
        outputs = [f"a[{self.world.depth}][{k}]" for k in range(1, self.spec.layers[-1].units + 1)]
        wanted = outputs if len(outputs) <= 3 else [outputs[0], "", outputs[-1]]
        terms = words.split(" + ")
        if self._letter(f"${loss}$") != "L" or len(terms) != len(wanted):
            out.faults.append(f"in place of the loss: {words}")
            return
        for term, output in zip(terms, wanted, strict=True):
            texts = read_tokens(term)
            found = re.fullmatch(r"(\\frac\{.*\})\\,(.+)", term)
            if output and found:
                pair = (self._letter(f"${found[1]}$"), self._letter(f"${found[2]}$"))
                if pair == (f"∂L/∂{output}", output):
                    continue
            elif not output and texts == ("\\dots",):
                continue
            out.faults.append(f"in place of the loss: {term}")

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
        at = re.search(r" in iteration (\d+)", words)
        if at and at[1] != str(self._at(part)):
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
        plain = re.sub(r" in iteration \d+", "", words)
        plain = re.sub(r"all entries of (\$[^$]*\$), (\$[^$]*\$) to ", r"\1, \2, ", plain)
        plain = plain.replace(" for each sample", "")
        said = [x for x in re.split(r", (?:and )?| and (?!activations)", plain) if not x.startswith("$")]
        batch = any(len(self.spec.batch_of(t)) > 1 for t in range(1, min(self.spec.iterations, 50) + 1))
        samples = sum(ask == "prediction" or (batch and self.of_samples(ask)) for ask in asks_of(part))
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
        name: str | None,
        formulae: str | None,
        iterations: str | None,
        penalty: str | None,
    ) -> None:
        """Learning rates, the optimiser's rule where it has one, how many iterations, the penalty's strength."""
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
        if int(count) != self.spec.updates:
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
        functions = [NAMES.get(one) or CALLED.get(one) for one in name.split(", ")]
        last = at in self.spec.ends
        right = [own for own, _ in self.spec.layers[at - 1].all_functions]
        if functions != right or (position == "output") != last:
            out.faults.append(f"layer {number}: {position}, {name}")

    def heading_of_head(self, place: Place, out: Found, number: str) -> None:
        """The heading names one output layer among several."""
        if int(number) != place.layer or len(self.spec.ends) < 2 or int(number) not in self.spec.ends:
            out.faults.append(f"output layer {number}")

    def heading_of_layer(self, place: Place, out: Found, number: str) -> None:
        if int(number) != place.layer or not 1 <= int(number) <= self.world.depth:
            out.faults.append(f"layer {number}")


def _sources(words: str) -> list[str | int]:
    """`layer 1 and the input text`: numbers of layers and names of inputs."""
    parts = re.split(r", | and ", words)
    named = "the input "
    return [one.removeprefix(named) if one.startswith(named) else _layers(one)[0] for one in parts]


def _layers(words: str) -> list[int]:
    """`layer 1, layer 2 and the inputs`."""
    parts = re.split(r", | and ", words)
    return [0 if part == "the inputs" else int(part.removeprefix("layer ")) for part in parts]


def _rules() -> list[Rule]:
    p = ProseChecker
    table: list[tuple[str, Callable[..., None]]] = [
        (
            r"The gradients can be checked with the forward pass alone\. Move one parameter \$w\$ by "
            r"\$h ?= ?10\^\{(-\d+)\}\$ in both directions, leave all others as they are, and compute the loss "
            r"each time: the central difference "
            r"\$\(([^$]+)\(w ?\+ ?h\) ?[-−] ?([^$]+)\(w ?[-−] ?h\)\)/\(2h\)\$ comes close "
            r"to the gradient\. Here it is computed anew from the problem, without rounding\.",
            p.quotient,
        ),
        (
            r"Of the ([\d,]+) parameters, the table has those with the largest gradients\. In its last row all of "
            r"them are moved by \$h\$ at once: then the central difference comes close to the sum of all "
            r"gradients\.",
            p.count_all,
        ),
        (
            r"For these parameters the loss has a kink exactly here, hence two one-sided derivatives: "
            r"\$\(([^$]+)\(w\) ?[-−] ?([^$]+)\(w ?[-−] ?h\)\)/h\$ from the left, "
            r"\$\(([^$]+)\(w ?\+ ?h\) ?[-−] ?([^$]+)\(w\)\)/h\$ from the right\. The gradient is the value that "
            r"the conventions take\.",
            p.loss_letters,
        ),
        (r"(A network with .*\.)", p.network),
        (r"Given(?: in sample (\d+))?, whatever the network would compute: (.*)\.", p.given_values),
        (r"(\$[^$]*\$) is given; the network would give (\$[^$]*\$)\.", p.given_value),
        (r"(values that are given stand for what the network would compute, [^\d$]*)", p.nothing),
        (r"(A value that is given does not move with the parameters, so [^\d$]*\.)", p.nothing),
        (r"Layer (\d+) adds up the activations of (.*), unit by unit, without weights\.", p.adds),
        (
            r"Layer (\d+) takes its values from ([^:$]*?)(?:: the (columns|rows) of its weight matrix belong to "
            r"(.*), in this order)?\.",
            p.sources,
        ),
        (r"The numbers that come in belong to (\d+) inputs: (.*)\.", p.several_inputs),
        (
            r"Layer (\d+) uses the weights of layer (\d+)( transposed)?, (\$[^$]*\$)"
            r"(?: with its rows as columns)?: each of them is one parameter that stands in two places\.",
            p.tied,
        ),
        (
            r"In layer (\d+) some connections do not exist: (.*)\. The 0 in their place in the matrix is not a "
            r"weight\.",
            p.missing,
        ),
        (
            r"These weights are used by (.*)\. Each is one parameter with one gradient: the sum of what it gets "
            r"from each of its uses, the values that come in being taken as they are\.",
            p.uses,
        ),
        (
            r"The activation of each of these units enters (.*); the gradient is the sum over all units there that "
            r"take it:",
            p.users,
        ),
        (r"The vector that the Jacobian of the outputs is multiplied by(?: from the left)?: (.*)", p.data),
        (
            r"The vector (\$[^$]*\$) is a direction in which the inputs move\. The product (\$[^$]*\$) says how "
            r"fast each output changes then: each of its entries is a row of the Jacobian multiplied by "
            r"(\$[^$]*\$)\.",
            p.direction,
        ),
        (
            r"The vector (\$[^$]*\$) holds a weight for each output\. The product (\$[^$]*\$) is the gradient, "
            r"with respect to the inputs, of the outputs multiplied by these weights and added up: each of its "
            r"entries is a column of the Jacobian multiplied by (\$[^$]*\$)\. A backward pass that starts from "
            r"(\$[^$]*\$) at the outputs finds the same without the Jacobian\.",
            p.combination,
        ),
        (r"(Here \$[^$]*\$ is the gradient with respect to the parameter .*)", p.letters_of_rule),
        (r"The sample: (.*)", p.data),
        (
            r"there is no loss: \$([^$]*)\$ stands for the output \$([^$]*)\$ itself, and "
            r"\$\\partial ([^$]*)/\\partial w\$ for its derivative",
            p.output_itself,
        ),
        (r"Weights? of the samples? in the loss(?:, in this order)?: (.*)\.", p.sample_weights),
        (
            r"the gradient of the loss \$([^$]*)\$( of the whole batch)? with respect to the outputs is given"
            r"(, one row for each sample)?; \$([^$]*)\$ itself is not known, and not needed",
            p.given_gradient,
        ),
        (
            r"Only the gradient of \$([^$]*)\$ is given, so the sum \$([^$]*)\$, with the given numbers held "
            r"fixed, stands for the loss: it has the same gradients with respect to all parameters\.",
            p.stands_for_loss,
        ),
        (
            rf"(?:(Learning rates? .*?))??(?:(?:, )?({_OPTIMISERS}): (\$.*?\$))?(?:(?:, )?(\d+ iterations?))?"
            r"(?:(?:, )?([Pp]enalty strength \$[^$]*\$))?",
            p.training,
        ),
        (r"Updates that the optimiser has made before: (\d+)\. It starts with:", p.updates),
        (r"The optimiser counts its updates on from (\d+)\.", p.updates),
        (
            r"((?:Adam\w*|AMSGrad|AdaMax|Nadam) keeps [^\d]*having started at 0[^\d]* with the old parameters\.)",
            p.nothing,
        ),
        (
            r"(Lion moves [^\d]* towards 0;[^\d]* All gradients were found with the old parameters\.)",
            p.nothing,
        ),
        (r"The update of \$([^$]*)\$:", p.updated),
        (r"\*\*\((.*?)\)\*\* (.*?)(?: \((\S+) marks?\))?", p.asked),
        (
            r"The loss( on samples? [\d to]+)? (falls|rises) from \$([^$]*)\$ to \$([^$]*)\$"
            r"(?:\.|: the step was too long\.)",
            p.loss_moved,
        ),
        (r"The loss( on samples? [\d to]+)? does not change\.", p.loss_same),
        (r"The loss( on samples? [\d to]+)? changes by less than the digits shown\.", p.loss_same_digits),
        (r"Putting the numbers into (\S+) … (\S+)\.", p.put_into),
        (
            r"Each of these units reaches the loss through all (\d+) units of the next layer, so its "
            r"gradient is a sum over (\d+) paths:",
            p.paths,
        ),
        (
            r"Each of these units reaches the loss through all (\d+) units of the next layer\. Each "
            r"path on its own:",
            p.paths,
        ),
        (
            r"(.*) is not active for this input: its derivative is 0, so no gradient reaches the "
            r"parameters before it through this unit\.",
            p.dead,
        ),
        (r"Held fixed, hence unchanged: (\d+) parameters\.", p.held_count),
        (r"Held fixed, hence unchanged: (.*)\.", p.held),
        (r"held fixed \(not trained\): (\d+) parameters", p.held_count),
        (r"held fixed \(not trained\): (.*)", p.held),
        (
            r"temperature-scaled softmax with the temperature (\S+): the exponential of each pre-activation over "
            r"the temperature, divided by the sum of all of them in the layer",
            p.temperature,
        ),
        (
            r"(Each unit adds up its weighted inputs[^\d]*; (?:log-)?softmax then turns the sums"
            r"(?:, divided by the temperature,)? into (?:the logarithms of )?numbers that add up to 1\.)",
            p.nothing,
        ),
        (
            r"(A weight's gradient is the error signal of the unit it leads to times the activation "
            r"it comes from; for a bias it is the error signal itself\.[^\d$]*)",
            p.nothing,
        ),
        (
            r"(?:(?:A weight's gradient|Only the last factor|The chain rule)(?:[^\d$]|it is 1)*\. )?A bias is the "
            r"weight of the constant (−?1): what it comes from is (−?1)\.[^\d$]*",
            p.constant,
        ),
        (
            r"(Only the last factor is new: the derivative of the weighted sum with respect to a weight is "
            r"the incoming activation, and with respect to a bias it is 1\.[^\d$]*)",
            p.nothing,
        ),
        (r"(\$\\odot\$ multiplies two vectors entry by entry)", p.nothing),
        (
            r"(\$\\mathbb\{1\}_\{\[k = j\]\}\$ is 1 where \$k\$ and \$j\$ are the same, and 0 elsewhere)",
            p.nothing,
        ),
        (
            r"averaged over the samples, \$([^$]*)\$; here there is only one, \$([^$ ]*) = 1\$",
            p.one_sample,
        ),
        (r"(\$\\ell'\$ is the derivative [^\d$]*)", p.nothing),
        (r"Iteration (\d+)()()():", p.heading_iteration),
        (r"Iteration (\d+)(?:: (samples?) (\d+)(?: to (\d+))?)?", p.heading_iteration),
        (r"Sample (\d+)", p.heading_sample),
        (r"\$([^$]*)\$", p.heading_quantity),
        (r"Layer (\d+): (hidden|output), (.*)", p.heading_layer),
        (r"(?:Back to layer|Gradients of layer) (\d+)", p.heading_of_layer),
        (r"Error signals of output layer (\d+)", p.heading_of_head),
        (
            r"\$([^$]*)\$: (rows of the weight matrix are (?:units, columns are inputs|inputs, "
            r"columns are units))",
            p.layout,
        ),
        (
            r"(?:layer (\d+): )?(every unit has a bias of its own|one bias per layer, shared by all "
            r"its units|no biases|each unit subtracts its threshold)",
            p.bias,
        ),
        (
            r"(?:layer (\d+): )?the (first|last) (row|column) of the weight matrix holds the biases: "
            r"(in front of|below|behind) what comes into the layer stands the constant (−?1), "
            r"which is never trained",
            p.folded,
        ),
        (
            r"The (rows|columns) of the weight matrix of layer (\d+) belong to (.*), in this order; (\$[^$]*\$) is "
            r"a constant, and its (row|column) holds the biases\.",
            p.columns,
        ),
        (r"loss(?: of layer (\d+))?: ([^$]*?) ?\$((?:[^$]|\\\$)*)\$(.*)", p.loss),
        (r"(L2) penalty, biases left out: \$([^$]*)\$(, divided by .*)?", p.penalty),
        (
            r"(L1) penalty, biases left out; where a weight is 0, its derivative is taken as 0: \$([^$]*)\$"
            r"(, divided by .*)?",
            p.penalty,
        ),
        (
            r"(elastic) penalty, a mixture of L1 and L2, biases left out; where a weight is 0, the derivative of "
            r"the first part is taken as 0: \$([^$]*)\$(, divided by .*)?",
            p.penalty,
        ),
        (
            r"an error signal is the (negative )?derivative of the loss with respect to the pre-activation: "
            r"\$([^$]*)\$",
            p.signal,
        ),
        (r"each iteration takes (\d+) samples, in the order given, and starts over at the end", p.batch),
        (
            r"calculated exactly and rounded only where a number is printed: intermediate values to "
            r"(.*?), answers to (.*?); ≈ marks a rounded number\. A value has more digits where a "
            r"later result needs them(?:; logarithms of fractions stay as they are: ln\(3\), not 1\.09861)?"
            r"(, new parameters where their change needs them)?",
            p.rounding,
        ),
        (
            r"every value is rounded to (.*?) as it is written down, and the rounded value is what "
            r"the next line uses; ties are rounded away from zero()"
            rf"(?:; only {_FINER}(?:, {_FINER})* may have more digits, where the next line needs them)?",
            lambda s, pl, o, a, _: p.rounding(s, pl, o, a, None, None),
        ),
        (
            r"0 · ln 0 counts as 0, the limit of x · ln x, and so the loss has a derivative where a prediction is"
            r" exactly its target 0 or 1",
            p.zero_times_log,
        ),
        (r"logarithms have base \$?(\d+)\$?", p.log_base),
        (
            r"Iterations (\d+) to (\d+) are carried out in the (same way|way shown below) and not written out\.",
            p.skipped,
        ),
        (
            r"Iteration (\d+)() is carried out in the (same way|way shown below) and not written out\.",
            p.skipped,
        ),
        (r"This iteration starts from the parameters left by iteration (\d+):", p.from_iteration),
        (
            r"(linear|sigmoid|tanh|ReLU|leaky ReLU|ELU|softplus|GELU|SiLU|step|\w[\w ]*):(?: "
            r"\$([^$]*)\$)?(?:,? with derivative \$([^$]*)\$)?(.*)",
            p.activation,
        ),
    ]
    return [(re.compile(pattern), check) for pattern, check in table]


RULES: list[Rule] = _rules()
