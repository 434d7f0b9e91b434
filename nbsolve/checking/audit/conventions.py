"""The conventions of a solution: formulae at several points, digits, rates and layouts against the problem."""

from __future__ import annotations

import re
from fractions import Fraction

from nbsolve.checking.audit.display import relation_chain
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.function_words import POINTS, FunctionWords
from nbsolve.checking.audit.latex import Unreadable
from nbsolve.checking.audit.lay import tidy
from nbsolve.checking.audit.names import indices
from nbsolve.checking.audit.parser import parse, read_tokens, whole
from nbsolve.checking.audit.tree import Matrix, Neg, Sym
from nbsolve.checking.audit.words import Place
from nbsolve.checking.oracle.numbers import Number

ROUNDING = re.compile(r"(\d+) (decimals|significant digits)(?:, at least (\d+) significant digits)?")


class Conventions(FunctionWords):
    """Checks the box of conventions."""

    def layout(self, place: Place, out: Found, formula: str, rows: str) -> None:
        columns = str(self.node["network"].get("layout", "W x + b")) == "x W + b"
        matrix, vector = r"W(?:\^\{\(1\)\})?", r"\\(?:mathbf|boldsymbol)\{[^{}]*\}"
        product = rf"{vector}\\,{matrix}" if columns else rf"{matrix}\\,{vector}"
        layers = self.spec.layers
        bias = rf"(?:{vector}(?:\^\{{\(1\)\}})?|[a-zA-Z]_?\S*)"
        last = rf" \+ {bias}"
        if all(layer.bias is None for layer in layers):
            last = ""
        elif all(layer.threshold or layer.bias is None for layer in layers):
            last = r" - (?:\\boldsymbol\{\\theta\}|\S+)"
        left, _, right = formula.partition(" = ")
        if (
            not re.fullmatch(product + last, right)
            or not self._is_constant(right.partition(" + ")[2])
            or not self._pre_activations(left)
            or rows.startswith("rows of the weight matrix are inputs") != columns
        ):
            out.faults.append(f"layout: {formula}")

    def _is_constant(self, term: str) -> bool:
        """A vector, or the bias that all units of the first layer share."""
        name = self.world.symbols.get(read_tokens(term)) if term else None
        return "mathbf" in term or not term or (name is not None and name.startswith("b[1]"))

    def _pre_activations(self, left: str) -> bool:
        """The letter of the pre-activations as a vector, or those of the first layer below each other."""
        if re.fullmatch(r"\\(?:mathbf|boldsymbol)\{[^{}]*\}", left):
            return True
        node = whole(read_tokens(left), self.world.symbols)
        if not isinstance(node, Matrix):
            return False
        names = [getattr(cell, "name", "?") for row in node.rows for cell in row]
        return names == [f"z[1][{j}]" for j in range(1, self.spec.layers[0].units + 1)]

    def one_sample(self, place: Place, out: Found, formula: str, count: str) -> None:
        """L = 1/n Σ L^[s] where there is one sample."""
        formula = re.sub(r"1/n·Σₛ₌₁ⁿ(\S+)\^\[s\]", r"\\frac{1}{n}\\sum_{s=1}^n \1^{[s]}", formula)
        losses = [texts for texts, name in self.world.symbols.items() if name == "L"]
        found = re.fullmatch(
            r"(.+?) = \\frac\{1\}\{(.+?)\}\\sum_\{s ?= ?1\}\^\{?(.+?)\}? ?(\S+)\^\{\[s\]\}", formula
        )
        if (
            found is None
            or len(self.spec.inputs) != 1
            or not found[2] == found[3] == count
            or found[1] != found[4]
            or read_tokens(found[1]) not in losses
        ):
            out.faults.append(f"one sample: {formula}")

    def bias(self, place: Place, out: Found, listed: str | None, words: str) -> None:
        kinds = {
            "every unit has a bias of its own": (False, False),
            "each unit subtracts its threshold": (True, False),
        }
        kinds["one bias per layer, shared by all its units"] = (False, True)
        layers = self.spec.layers if listed is None else [self.layer(n) for n in _layers(listed)]
        for layer in layers:
            if words == "no biases":
                right = layer.bias is None
            else:
                right = layer.bias is not None and kinds[words] == (layer.threshold, layer.shared)
            if not right:
                out.faults.append(f"{listed}: {words}")

    def folded(
        self, place: Place, out: Found, listed: str | None, end: str, side: str, where: str, constant: str
    ) -> None:
        """Which column of the weights holds the biases, and what it is multiplied by."""
        layers = range(1, len(self.spec.layers) + 1) if listed is None else map(int, _layers(listed))
        rows = self.world.node["network"].get("layout") == "x W + b"
        words = {"first": "in front of", "last": "behind" if rows else "below"}
        for n in layers:
            own = self.spec.layers[n - 1]
            at = own.sources.index(-n) if own.constant is not None else None
            right = at == (0 if end == "first" else len(own.sources) - 1) and own.constant == _whole(constant)
            if not right or words[end] != where or side != ("row" if rows else "column"):
                out.faults.append(
                    f"layer {n}: the {end} {side} is not its biases, {where} what comes in {constant}"
                )

    def columns(
        self, place: Place, out: Found, side: str, number: str, columns: str, constant: str, again: str
    ) -> None:
        """Whose each column (or row) of the weights is, the constant of the biases among them."""
        incoming = self.spec.incoming(int(number))
        names = [
            f"a[{n}][{unit}]" if n > 0 else f"x[{unit}]" if n == 0 else f"one[{-n}][1]"
            for column, (n, unit) in enumerate(incoming, 1)
            if not (written := self.spec.layers[int(number) - 1].written) or column in written
        ]
        named = [self._one_letter(self._letter(part)) for part in columns.split(", ")]
        names = [self._one_letter(name) for name in names]
        letter, _, value = constant.strip("$").partition(" = ")
        rows = self.world.node["network"].get("layout") == "x W + b"
        own = self.layer(number).constant
        if (
            named != names
            or self._one_letter(self._letter(f"${letter}$")) not in names
            or own != _whole(value)
        ):
            out.faults.append(f"{side} of layer {number}: {named} with {constant}, not {names} with {own}")
        if side != again + "s" or (again == "row") is not rows:
            out.faults.append(f"layer {number}: {side}, {again}")

    def _one_letter(self, name: str) -> str:
        """A name; of constants that stand beside the same values, and so have one letter, that of the first."""
        if not name.startswith("one["):
            return name
        (layer, _) = indices(name)[1]
        beside = [
            next(source for source in one.sources if source >= 0) if one.constant is not None else None
            for one in self.spec.layers
        ]
        return f"one[{beside.index(beside[layer - 1]) + 1}][1]"

    def constant(self, place: Place, out: Found, one: str, other: str) -> None:
        """What the biases that are weights come from."""
        if one != other or all(layer.constant != _whole(one) for layer in self.spec.layers):
            out.faults.append(f"no bias comes from {one}, {other}")

    def penalty(self, place: Place, out: Found, name: str, formula: str, over: str | None) -> None:
        """`½ λ sum(w²)`, `λ sum(|w|)`: for any λ and w; and whether it is divided by the batch's size."""
        penalty = self.spec.penalty
        said = re.fullmatch(r"(.*?)(?:\\,)?\\operatorname\{sum\}(?:\\left)?\((.*?)(?:\\right)?\)", formula)
        if (
            penalty is None
            or said is None
            or name != {"l2": "L2", "l1": "L1"}.get(penalty.name, penalty.name)
        ):
            raise Unreadable(f"penalty: {name}, {formula}")
        several = any(len(self.spec.batch_of(t)) > 1 for t in self.spec.show)
        wanted = ", divided by the number of samples in the batch"
        if over != (wanted if several and penalty.over_samples == "mean" else None):
            out.faults.append(f"penalty{over}")
        symbols: dict[tuple[str, ...], str] = {read_tokens("\\lambda"): "strength", ("w",): "w"}
        symbols |= {k: v for k, v in self.world.symbols.items() if v == "strength"}
        factor, term = (tidy(parse(part, symbols)) for part in said.groups())
        for w in POINTS:
            values: dict[str, Number] = {"strength": Fraction(3, 7), "w": w}
            evaluate = Evaluator(values.__getitem__)
            if evaluate(factor) * evaluate(term) != Fraction(3, 7) * penalty.scale * penalty.term(w):
                out.faults.append(f"penalty: {formula}")
                return

    def signal(self, place: Place, out: Found, negative: str | None, formula: str) -> None:
        if (self.spec.delta == -1) != (negative is not None):
            out.faults.append("the sign of the error signals")
        chain = relation_chain(read_tokens(formula))
        target = whole(chain.target, self.world.symbols)
        if not isinstance(target, Sym):
            raise Unreadable(formula)
        if not chain.items:
            if target.name != "∂L/∂z[1][1]":
                out.faults.append(f"error signal {formula}")
            return
        (relation, texts), *more = chain.items
        right = whole(texts, self.world.symbols)
        sign = isinstance(right, Neg)
        right = right.inner if isinstance(right, Neg) else right
        at = indices(target.name)[1]
        wanted = f"∂L/∂z[{at[0]}][{at[1]}]"
        if (
            at != [1, 1]
            or more
            or relation != "="
            or sign != (negative is not None)
            or getattr(right, "name", "") != wanted
        ):
            out.faults.append(f"error signal {formula}")

    def batch(self, place: Place, out: Found, count: str) -> None:
        if int(count) != self.spec.batch:
            out.faults.append(f"batches of {count}")

    def rounding(self, place: Place, out: Found, first: str, second: str | None, moved: str | None) -> None:
        trained = self.node.get("training") is not None
        shown = trained and second is not None and self.chains.answers.significant is not None
        if (moved is not None) != shown:
            out.faults.append("what is said of new parameters")
        if (second is None) != self.world.each_step:
            out.faults.append("when values are rounded")
        for words, digits in ((first, self.chains.between), (second, self.chains.answers)):
            if words is None:
                continue
            match = ROUNDING.fullmatch(words)
            if match is None:
                raise Unreadable(words)
            count = digits.decimals if match[2] == "decimals" else digits.significant
            if count != int(match[1]) or (match[2] == "decimals" and int(match[3] or 0) != digits.minimum):
                out.faults.append(f"{words}, not {digits}")

    def skipped(self, place: Place, out: Found, first: str, last: str, how: str) -> None:
        t, end = int(first), int(last or first)
        if (
            any(n in self.spec.show for n in range(t, end + 1))
            or t - 1 not in self.spec.show | {0}
            or t > end
        ):
            out.faults.append(f"iterations {first} to {last} are not left out")
        if end + 1 not in self.spec.show | {self.spec.iterations + 1}:
            out.faults.append(f"iteration {last} is not the last one left out")
        if (how == "same way") != (t > 1):
            out.faults.append("nothing was shown before")

    def from_iteration(self, place: Place, out: Found, number: str) -> None:
        if int(number) != place.context.iteration - 1:
            out.faults.append(f"it starts from iteration {place.context.iteration - 1}")


def _whole(text: str) -> Fraction:
    """A whole number, with a minus as it is typeset."""
    return Fraction(text.replace("−", "-"))


def _layers(listed: str) -> list[str]:
    """The numbers of `layer 1, layer 2 and layer 4`."""
    if not re.fullmatch(r"layer \d+(?:(?:, layer \d+)* and layer \d+)?", listed):
        raise Unreadable(listed)
    return re.findall(r"\d+", listed)
