"""Sentences about values of units that are given: those of the file, and what the network would give instead."""

from __future__ import annotations

from nbsolve.checking.audit.chain_parts import names_in, text_of, written
from nbsolve.checking.audit.display import relation_chain
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.lay import literal, rounds_to, tidy
from nbsolve.checking.audit.parser import read_tokens, whole
from nbsolve.checking.audit.tree import Node, Sym
from nbsolve.checking.audit.words import Place, Words

__all__ = ["GivenValues"]


class GivenValues(Words):
    """Reads what a page says of given values."""

    def given_values(self, place: Place, out: Found, sample: str | None, listed: str) -> None:
        """All values that a sample gives, as the file writes them."""
        said = {}
        for part in listed.split(", "):
            name, text = self._equation(part)
            letter, _, own = name.partition("@")
            if own != (sample or ""):
                out.faults.append(f"{part} in sample {sample}")
            said[letter] = text
        texts = self._texts(int(sample or 1) - 1)
        out.numbers += len(said)
        if said != texts or (sample is None) is not (len(self.spec.inputs) == 1):
            out.faults.append(f"given are {texts}, not {said}")

    def given_value(self, place: Place, out: Found, given: str, computed: str) -> None:
        """One of them, and the formula by which the network would find it, with its value."""
        name, text = self._equation(given)
        letter, _, sample = name.partition("@")
        t = place.context.iteration
        position = int(sample) - 1 if sample else self.spec.batch_of(t)[0]
        if self._texts(position).get(letter) != text:
            out.faults.append(f"{name} is not given as {text}")
        chain = relation_chain(read_tokens(computed.strip("$")))
        formula = tidy(whole(chain.target, self.world.symbols))
        ((relation, right),) = chain.items
        found = literal(tidy(whole(right, self.world.symbols)))
        value = self.chains.evaluator(t, carried=True)(formula)
        out.numbers += 1
        if found is None or not rounds_to(value, found) or (relation == "=") is not (found[0] == value):
            out.faults.append(f"{name}: the network gives {float(value)}, not {computed}")
        if not self._is_its_formula(letter, formula):
            out.faults.append(f"{computed} is not the formula of {letter}")

    def _is_its_formula(self, letter: str, formula: Node) -> bool:
        """Whether it names what the unit takes: an activation its pre-activation, a weighted sum its weights."""
        layer, unit = (int(part) for part in letter[2:-1].split("]["))
        names = {name.partition("@")[0] for name in names_in(formula)}
        if letter[0] == "a":
            units = range(1, self.spec.layers[layer - 1].units + 1)
            return names == {f"z[{layer}][{unit}]"} or names == {f"z[{layer}][{j}]" for j in units}
        columns = range(1, len(self.spec.incoming(layer)) + 1)
        weights = {self.spec.weight(layer, unit, c) for c in columns if self.spec.exists(layer, unit, c)}
        return weights <= names

    def _texts(self, position: int) -> dict[str, str]:
        """What the file gives, number by number, as a page writes it."""
        found: dict[str, str] = {}
        for name, node in self.world.node["samples"][position].get("given", {}).items():
            name = name.removesuffix("[:]")
            if isinstance(node, list):
                found |= {f"{name}[{j}]": written(text) for j, text in enumerate(node, 1)}
            else:
                found[name] = written(node)
        return found

    def _equation(self, source: str) -> tuple[str, str]:
        """`$a_1 = 0.6$`: the name of the letter, and the number as it is written."""
        chain = relation_chain(read_tokens(source.strip("$")))
        target = whole(chain.target, self.world.symbols)
        ((relation, right),) = chain.items
        assert isinstance(target, Sym)
        assert relation == "="
        return target.name, text_of(tidy(whole(right, self.world.symbols)))
