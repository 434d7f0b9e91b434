"""Sentences about the network and its data: layers, what feeds what, samples."""

from __future__ import annotations

import re

from nbsolve.checking.audit.conventions import Conventions
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.given_values import GivenValues
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.live import LiveWords
from nbsolve.checking.audit.page import split_inline
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.products import Products
from nbsolve.checking.audit.tables import Tables
from nbsolve.checking.audit.words import Place
from nbsolve.checking.oracle.named_inputs import names_taken


class NetworkWords(Conventions, GivenValues, Products, Tables, LiveWords):
    """Checks what is said of the network."""

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

    def adds(self, place: Place, out: Found, number: str, layers: str) -> None:
        """A layer adds up these layers."""
        layer = self.layer(number)
        if not layer.adds or layer.largest or _layers(layers) != list(layer.sources):
            out.faults.append(f"layer {number} adds {layer.sources}, not {layers}")

    def takes_largest(self, place: Place, out: Found, number: str, layers: str) -> None:
        """A maxout layer takes the largest of these layers."""
        layer = self.layer(number)
        if not layer.largest or _layers(layers) != list(layer.sources):
            out.faults.append(f"layer {number} takes the largest of {layer.sources}, not {layers}")

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


def _layers(words: str) -> list[int]:
    """`layer 1, layer 2 and the inputs`."""
    parts = re.split(r", | and ", words)
    return [0 if part == "the inputs" else int(part.removeprefix("layer ")) for part in parts]


def _sources(words: str) -> list[str | int]:
    """`layer 1 and the input text`: numbers of layers and names of inputs."""
    parts = re.split(r", | and ", words)
    named = "the input "
    return [one.removeprefix(named) if one.startswith(named) else _layers(one)[0] for one in parts]
