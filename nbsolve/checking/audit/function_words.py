"""Conventions about functions: activations and losses, held against their definitions."""

from __future__ import annotations

import re
from fractions import Fraction

from nbsolve.checking.audit.display import relation_chain
from nbsolve.checking.audit.evaluate import Evaluator
from nbsolve.checking.audit.found import Found, same
from nbsolve.checking.audit.lay import tidy
from nbsolve.checking.audit.parser import read_tokens, whole
from nbsolve.checking.audit.tree import Call
from nbsolve.checking.audit.words import Place, Words, exact
from nbsolve.checking.oracle import activations, losses
from nbsolve.checking.oracle.numbers import Number, log
from nbsolve.checking.oracle.own import CALLED, OWN
from nbsolve.checking.oracle.spec import Loss

NAMES = {
    "linear": "linear", "sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu", "leaky ReLU": "leaky_relu",
    "ELU": "elu", "softplus": "softplus", "GELU": "gelu", "SiLU": "silu", "step": "step", "softmax": "softmax",
    "temperature-scaled softmax": "softmax_with_temperature", "log-softmax": "log_softmax",
    "softmax to another base": "softmax_with_base",
}  # fmt: skip
LOSSES = {
    "squared error": "squared_error", "binary cross-entropy": "binary_cross_entropy",
    "categorical cross-entropy": "categorical_cross_entropy",
    "negative log-likelihood": "negative_log_likelihood", "absolute error": "absolute_error",
    "Huber loss": "huber", "hinge loss": "hinge", "cosine similarity": "cosine_similarity",
    "cosine loss": "cosine_loss",
}  # fmt: skip
POINTS = [Fraction(-7, 5), Fraction(-1, 3), Fraction(2, 7), Fraction(9, 4)]
INSIDE = [Fraction(1, 7), Fraction(3, 5), Fraction(8, 9)]
EVERYWHERE = tuple(Fraction(n, 16) for n in range(-40, 41))
"""Points for functions of an author's own, whose cases may lie anywhere."""


class FunctionWords(Words):
    """Checks what is said of activations and losses."""

    def activation(
        self, place: Place, out: Found, name: str, formula: str | None, slope: str | None, rest: str
    ) -> None:
        kind = NAMES.get(name) or CALLED[name]
        for part in re.findall(r", where \$([^$]*)\$", rest):
            if not self._is_true_of_z(part):
                out.faults.append(f"{name}: {part}")
        rest = re.sub(r", where \$[^$]*\$", "", rest)
        if re.search(r"\d", rest):
            limit = re.search(
                r"its derivative is taken as 0$|at 0 its derivative is taken from the left side$", rest
            )
            if not limit and rest != "; the step is 1 at 0, and its derivative is taken as 0 everywhere":
                out.faults.append(f"{name}: {rest}")
        given = [p for layer in self.spec.layers for own, p in layer.all_functions if own == kind]
        right = [p for p in given if all(self._is_function(f, kind, p) for f in (formula, slope) if f)]
        if not right:
            out.faults.append(f"{name}: {formula}, {slope}")

    def _is_true_of_z(self, formula: str) -> bool:
        """`Φ(z) = …` at several z."""
        chain = relation_chain(read_tokens(formula))
        letter = re.search(r"\(([a-z])\)", formula)
        symbols: dict[tuple[str, ...], str] = {} if letter is None else {(letter[1],): "z"}
        sides = [whole(texts, symbols) for texts in (chain.target, *(item for _, item in chain.items))]
        evaluators = [Evaluator(lambda _, z=z: z) for z in POINTS]  # type: ignore[misc]
        return len(sides) > 1 and all(
            same(evaluate(sides[0]), evaluate(side)) for evaluate in evaluators for side in sides[1:]
        )

    def _is_function(self, formula: str, kind: str, given: dict[str, Fraction]) -> bool:
        """`f(z) = …` or `f'(z) = …` at several z."""
        letter = re.search(r"\(([a-z])\)", formula)
        cores = {texts[0] for texts, name in self.world.symbols.items() if name.startswith("z[")}
        own = cores.pop() if len(cores) == 1 else "z"
        if letter is None or letter[1] not in ("z", own):
            return False
        symbols: dict[tuple[str, ...], str] = {(letter[1],): "z"}
        chain = relation_chain(read_tokens(formula))
        head = whole(chain.target, symbols)
        name = getattr(head, "name", "")
        function = activations.slope if name.endswith("'") else activations.value
        if not isinstance(head, Call):
            return False
        for z in (*POINTS, *(EVERYWHERE if kind.startswith(OWN) else ())):
            evaluate = Evaluator(lambda _, z=z: z, lambda _: given)  # type: ignore[misc]
            try:
                expected = function(kind, z, given)
            except (ValueError, ZeroDivisionError):
                if z in POINTS:
                    raise
                continue  # not defined everywhere
            for _, texts in chain.items:
                if not _near(evaluate(whole(texts, symbols)), expected):
                    return False
        return bool(chain.items) and all(relation == "=" for relation, _ in chain.items)

    def loss(self, place: Place, out: Found, number: str | None, words: str, formula: str, rest: str) -> None:
        """The bare formula at several points, then what the words add: scale, weight, sums, means."""
        name = re.sub(r" \((sse|mse|mae)\)", "", words.removesuffix(" of each output,"))
        terms = [t for t in self.spec.losses if t.name == (LOSSES.get(name) or CALLED[name])]
        said = [(t, self._layer_of(t)) for t in terms if (number is None) is (len(self.spec.ends) == 1)]
        said = [(t, layer) for t, layer in said if number is None or layer == int(number)]
        if not any(self._is_loss(t, layer, formula, rest) for t, layer in said):
            out.faults.append(f"loss: {words} {formula} {rest}")

    def _layer_of(self, term: Loss) -> int:
        """The output layer that a term of the loss is of."""
        first = term.columns.start or 0
        ends = (end for end in self.spec.ends if self.spec.place_of(end, 1) == first)
        return next(ends)

    def _is_loss(self, term: Loss, layer: int, formula: str, rest: str) -> bool:
        scale, weight = re.search(r" times \$([^$]*)\$", rest), re.search(r" with weight \$([^$]*)\$", rest)
        factors = [Fraction(1) if m is None else exact(m[1]) for m in (scale, weight)]
        inside = term.scale if scale is None else Fraction(1)  # ½(a − y)² has it in the formula
        if factors != [term.scale / inside, term.weight]:
            return False
        left = re.sub(r" (times|with weight) \$[^$]*\$", "", rest)
        if re.search(r"\d", re.sub(r"derivative (of the hinge )?is taken as 0$", "", left)):
            return False
        many = self.spec.layers[layer - 1].units > 1
        for phrase, wanted in (("averaged over the outputs", "mean"), ("summed over the outputs", "sum")):
            if phrase in rest and term.over_outputs != wanted:
                return False
        if many and term.over_outputs == "mean" and "averaged over the outputs" not in rest:
            return False
        for phrase, wanted in (("averaged over the samples", "mean"), ("summed over the samples", "sum")):
            if phrase in rest and term.over_samples != wanted:
                return False
        if losses.is_joint(term):
            return self._is_joint_loss(term, layer, formula, inside)
        node = whole(read_tokens(formula), self._letters_of_loss(layer, rest))
        own = term.name.startswith(OWN)
        for a in (*INSIDE, *EVERYWHERE) if own else INSIDE:
            for y in EVERYWHERE[::4] if own else (Fraction(1, 4), Fraction(1), Fraction(0), Fraction(9, 5)):
                if not own and term.name not in ("squared_error", "absolute_error", "huber") and y > 1:
                    continue
                pair = {"a": a, "y": y}
                if term.name.startswith("cosine") and y == 0:
                    continue
                try:
                    expected = inside * losses.total(term, [a], [y])
                except (ValueError, ZeroDivisionError):
                    if a in INSIDE and 0 < y < 1:
                        raise
                    continue  # not defined everywhere
                if term.log_base is not None:
                    expected = expected / log(term.log_base)
                if not _near(Evaluator(lambda n, pair=pair: pair[n])(tidy(node)), expected):  # type: ignore[misc]
                    return False
        return True

    def _is_joint_loss(self, term: Loss, last: int, formula: str, inside: Fraction) -> bool:
        """A loss of all outputs at several points, in the letters of the page."""
        node = tidy(whole(read_tokens(formula), self.world.symbols))
        count, several = self.spec.layers[last - 1].units, len(self.spec.ends) > 1
        for n in range(4):
            a = [Fraction(7 * k + 3 * n + 1, 8 + (5 * k * n) % 7) for k in range(1, count + 1)]
            y = [Fraction(int(k == n % count + 1)) if n < 3 else Fraction(k, 9) for k in range(1, count + 1)]
            point: dict[str, Number] = {f"a[{last}][{k}]": value for k, value in enumerate(a, 1)}
            targets = f"y[{last}]" if several else "y"
            point |= {f"{targets}[{k}]": value for k, value in enumerate(y, 1)}
            wanted = inside * losses.total(term, a, y)
            if not _near(Evaluator(lambda name, point=point: point[name])(node), wanted):  # type: ignore[misc]
                return False
        return True

    def output_itself(self, place: Place, out: Found, loss: str, output: str, over: str) -> None:
        """`L stands for the output a₂ itself`."""
        wanted = f"a[{self.world.depth}][{self.spec.output}]"
        if self.world.symbols.get(read_tokens(output)) != wanted or loss != over:
            out.faults.append(f"the output {output} in the place of a loss")

    def _letters_of_loss(self, last: int, rest: str) -> dict[tuple[str, ...], str]:
        """What stands for the prediction and its target: those of the first output, or of any (k)."""
        many = self.spec.layers[last - 1].units > 1
        target = "y[1]" if len(self.spec.ends) == 1 else f"y[{last}][1]"
        found: dict[tuple[str, ...], str] = {("a",): "a", ("y",): "y"}
        for texts, name in self.world.symbols.items():
            short = {f"a[{last}][1]": "a", target: "y"}.get(name)
            if short is None:
                continue
            if not many or " for the first" in rest:
                found[texts] = short
            else:
                below = (
                    at for at, text in enumerate(texts) if text == "1" and texts[at - 1] not in ("^", "(")
                )
                place = max(below)
                found[(*texts[:place], "k", *texts[place + 1 :])] = short
        return found

    def log_base(self, place: Place, out: Found, base: str) -> None:
        if not any(t.log_base == exact(base) for t in self.spec.losses):
            out.faults.append(f"logarithms have base {base}")

    def zero_times_log(self, place: Place, out: Found) -> None:
        if not any(term.name.endswith("cross_entropy") for term in self.spec.losses):
            out.faults.append("no loss has a logarithm")

    def natural(self, place: Place, out: Found) -> None:
        if all(t.log_base is not None for t in self.spec.losses):
            out.faults.append("logarithms are not natural")


def _near(a: Number, b: Number) -> bool:
    return abs(float(a) - float(b)) <= 1e-12 * (1 + abs(float(b)))
