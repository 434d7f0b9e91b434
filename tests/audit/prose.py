"""Sentences, headings, conventions and tables: every number in them is looked up in the problem or recomputed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from mpmath import mpf

from tests.audit.chains import ChainChecker, Context, Found, mark_number, text_of, written
from tests.audit.display import Chain, relation_chain
from tests.audit.evaluate import Evaluator, Unknown
from tests.audit.latex import Unreadable
from tests.audit.lay import literal, rounds_to, tidy
from tests.audit.page import cells, split_inline
from tests.audit.parser import Parser, parse, read_tokens
from tests.audit.tree import Neg, Node, Num, Sym, numbers_in
from tests.audit.world import World, indices
from tests.reference import activations, losses
from tests.reference.numbers import Number, Real, read
from tests.reference.rounding import fault

NAMES = {
    "linear": "linear", "sigmoid": "sigmoid", "tanh": "tanh", "ReLU": "relu", "leaky ReLU": "leaky_relu",
    "ELU": "elu", "softplus": "softplus", "GELU": "gelu", "SiLU": "silu", "step": "step", "softmax": "softmax",
}  # fmt: skip
LOSSES = {
    "squared error": "squared_error", "binary cross-entropy": "binary_cross_entropy",
    "categorical cross-entropy": "categorical_cross_entropy", "absolute error": "absolute_error",
    "Huber loss": "huber", "hinge loss": "hinge", "cosine similarity": "cosine_similarity", "cosine loss": "cosine_loss",
}  # fmt: skip
POINTS = [Fraction(-7, 5), Fraction(-1, 3), Fraction(2, 7), Fraction(9, 4)]
INSIDE = [Fraction(1, 7), Fraction(3, 5), Fraction(8, 9)]
ROUNDING = re.compile(r"(\d+) (decimals|significant digits)(?:, at least (\d+) significant digits)?")


ASKED = {
    "forward": "all pre-activations and activations", "loss": "the loss",
    "gradients": "the gradients of the loss in all parameters", "deltas": "the error signals of all units",
    "changes": "the changes of all parameters", "updated_parameters": "the parameters after the update",
    "forward_after": "the forward pass after the update", "loss_after": "the loss after the update",
    "epoch_loss": "the loss of the epoch",
}  # fmt: skip
ANSWERS = {
    "forward": r"[za]\[", "loss": r"L$", "gradients": r"∂L/∂(W|b|theta)\[", "deltas": r"(∂L/∂z|delta)\[",
    "changes": r"(W|b|theta)_change\[", "updated_parameters": r"(W|b|theta)_new\[", "forward_after": r"[za]_new\[",
    "loss_after": r"L_new$", "epoch_loss": r"L_epoch$",
}  # fmt: skip


@dataclass
class Place:
    """What the headings above say, and which iterations came before."""

    context: Context
    sample: int | None = None
    layer: int | None = None
    section: str = ""
    box: str = ""
    anchors: tuple[str, ...] = field(default_factory=tuple)


Rule = tuple[re.Pattern[str], Callable[..., None]]


class ProseChecker:
    """Checks everything that is not a displayed formula."""

    def __init__(self, world: World, node: Mapping[str, Any], chains: ChainChecker) -> None:
        self.world = world
        self.node = node
        self.chains = chains
        self.spec = world.spec
        self._letters: dict[str, str] = {}
        self._sound: set[tuple[str, str, int]] = set()
        verbatim = [str(node.get("title", "")), str(node.get("statement", ""))]
        verbatim += [str(p) for p in node.get("pitfalls", [])]
        verbatim += [f"Source: {node['source']}"] if "source" in node else []
        self.verbatim = {_folded(text) for text in verbatim if text}
        parts = node.get("parts") or []
        self.parts = {str(p["label"]): p for p in parts}

    # sentences

    def text(self, source: str, place: Place) -> Found:
        """A paragraph, a list item or a heading."""
        out = Found()
        folded = _folded(source)
        digits = sum(c.isdigit() for c in source)
        out.digits, out.lines = digits, 1 if digits else 0
        if folded in self.verbatim:
            self._formulas_of_author(folded, out)
            return out
        if not re.search(r"[\d$]", folded):
            return out
        for pattern, check in RULES:
            match = pattern.fullmatch(folded)
            if match:
                try:
                    check(self, place, out, *match.groups())
                except (Unreadable, Unknown, ValueError, KeyError, ZeroDivisionError, IndexError) as error:
                    out.faults.append(f"{type(error).__name__} {error}: {folded}")
                return out
        out.faults.append(f"a sentence the audit does not know: {folded}")
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
                self.chains.check_author(chain, letter, Context(t)) for t in sorted(self.spec.show) for letter in targets
            ]
            if all(faults):
                out.faults.append(f"{part}: {faults[0]}")

    def inline_chain(self, source: str, place: Place, out: Found) -> None:
        """`x_1 = 1`."""
        found = self.chains.check(relation_chain(read_tokens(source)), place.context)
        out.faults += found.faults
        out.numbers += found.numbers

    def number(self, source: str) -> Node:
        """A formula that is one number."""
        node = tidy(parse(source, self.world.symbols))
        if literal(node) is None and "/" not in text_of(node):
            raise Unreadable(f"not a number: {source}")
        return node

    # rules, in the order of a page

    def network(self, place: Place, out: Found, sentence: str) -> None:
        sizes = [int(n) for n in re.findall(r"\d+", sentence)]
        expected = [len(self.spec.inputs[0]), *(layer.units for layer in self.spec.layers)]
        if sizes != [n for n in expected if n > 1]:
            out.faults.append(f"sizes {sizes} in: {sentence}")

    def data(self, place: Place, out: Found, sentence: str) -> None:
        for formula, part in split_inline(sentence):
            if formula:
                self.inline_chain(part, place, out)
            elif part.strip(" ,"):
                if part.strip(" ,") == "1 iteration":
                    continue
                if not re.fullmatch(r"(?:, )?(\d+) iterations(?:, [Pp]enalty strength )?|(?:, )?[Pp]enalty strength |Learning rate ", part):
                    raise Unreadable(f"unknown words: {part}")
                number = re.search(r"\d+", part)
                if number and int(number[0]) != self.spec.iterations:
                    out.faults.append(f"{number[0]} iterations, not {self.spec.iterations}")

    def asked(self, place: Place, out: Found, label: str, words: str, marks: str | None) -> None:
        part = self.parts.get(label, {} if label == "a" and not self.parts else None)
        if part is None:
            out.faults.append(f"no part {label}")
            return
        given = str(part.get("marks")) if "marks" in part else None
        if marks != given:
            out.faults.append(f"part {label}: {marks} marks, not {given}")
        self._check_asked(part, words, out)
        at = re.search(r" in iteration (\d+)", words)
        if at and at[1] != str(self._at(part)):
            out.faults.append(f"part {label}: iteration {at[1]}")
        named: list[str] = []
        for formula, source in split_inline(words):
            if formula:
                node = parse(source, self.world.symbols)
                named.append(node.name if isinstance(node, Sym) else source)
            elif re.search(r"\d", source.replace(at[0], "") if at else source):
                out.faults.append(f"a number in: {source}")
        asks = [ask for ask in _asks(part) if ask not in ASKED]
        if len(asks) != len(named) or not all(self._names(n, ask) for n, ask in zip(named, asks, strict=False)):
            out.faults.append(f"asked: {named}, not {asks}")

    def _names(self, name: str, ask: str) -> bool:
        """Whether `dL/dw7`, `dL/dW[2][1][1]` or `w_7` means the quantity."""
        return same_name(name, ask) or re.sub(r"\W|_", "", ask) in self._symbols_of(name)

    def _check_asked(self, part: Mapping[str, Any], words: str, out: Found) -> None:
        """The words are those of what is asked, in that order."""
        plain = re.sub(r" in iteration \d+", "", words)
        said = [x for x in re.split(r", | and (?!activations)", plain) if not x.startswith("$")]
        wanted = [ASKED[ask] for ask in _asks(part) if ask in ASKED]
        if self.parts and said != wanted:
            out.faults.append(f"asked: {said}, not {wanted}")

    def _at(self, part: Mapping[str, Any]) -> int | None:
        at = part.get("at")
        return self.spec.iterations if at == "last" else int(at) if at is not None else None

    def loss_moved(self, place: Place, out: Found, verb: str, old: str, new: str) -> None:
        t = place.context.iteration
        before, after = (self.world.value(n, t, carried=True) for n in ("L", "L_new"))
        if not isinstance(before, (Fraction, Real)) or not isinstance(after, (Fraction, Real)):
            raise Unreadable("no loss")
        if (after < before) != (verb == "falls"):
            out.faults.append(f"the loss {verb}")
        for source, name in ((old, "L"), (new, "L_new")):
            self._value(source, name, t, out)

    def loss_same(self, place: Place, out: Found) -> None:
        t = place.context.iteration
        if self.world.value("L", t, carried=True) != self.world.value("L_new", t, carried=True):
            out.faults.append("the loss does not stay")

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
        key = None if name.startswith("∂") else self.world.key(name, t)
        if key is not None:
            given = self.world.givens.get(key)
            held = key[0].replace("_new", "")
            moved = indices(name)[0] in ("W_new", "b_new", "theta_new")
            if given is None and moved and not self.world.trained(key[0]):
                given = self.world.givens.get((held, 1, None))
        if given is not None:
            if text_of(node) != written(given):
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
        initial = self.world.givens.get((name.replace("_new", ""), 1, None)) if "_new" in name or name[0] in "Wbt" else None
        if initial is not None and text_of(node) == written(initial) and value == printed[0]:
            return
        wrong = fault(text_of(node), value, digits)
        if wrong and self.world.each_step and printed[0] == value:
            wrong = None
        if wrong:
            out.faults.append(f"{name}: {wrong}")

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
            slope = self.world.value(f"∂{node.name}/∂{node.name.replace('a[', 'z[', 1)}", place.context.iteration, carried=False)
            if slope != 0:
                out.faults.append(f"{node.name} is active")

    def held_count(self, place: Place, out: Found, count: str) -> None:
        held = sum(not free for layer in self.spec.layers for row in layer.weights_trainable for free in row)
        for layer in self.spec.layers:
            flags = layer.bias_trainable[: 1 if layer.shared else None] if layer.bias is not None else []
            held += sum(not free for free in flags)
        if int(count) != held:
            out.faults.append(f"{count} parameters held, not {held}")

    def held(self, place: Place, out: Found, letters: str) -> None:
        for formula, source in split_inline(letters):
            if not formula:
                if source.strip(" ,."):
                    raise Unreadable(source)
                continue
            whole = re.fullmatch(r"(?:\\mathbf\{)?(W|b|\\theta|\\mathbf\{b\}|\\boldsymbol\{\\theta\})\}?\^\{\((\d+)\)\}", source)
            node = None if whole and read_tokens(source) not in self.world.symbols else parse(source, self.world.symbols)
            if node is not None:
                if not isinstance(node, Sym) or self.world.trained(node.name):
                    out.faults.append(f"{source} is trained")
            elif whole:
                layer = self.spec.layers[int(whole[2]) - 1]
                moved = any(any(row) for row in layer.weights_trainable) if whole[1] == "W" else any(layer.bias_trainable)
                if moved:
                    out.faults.append(f"{source} is trained")

    def nothing(self, place: Place, out: Found, *_: str) -> None:
        """A sentence whose number is part of its words."""

    # headings

    def heading_iteration(self, place: Place, out: Found, number: str, kind: str | None, first: str | None, last: str | None) -> None:
        batch = [s + 1 for s in self.spec.batch_of(int(number))]
        if int(number) != place.context.iteration or int(number) not in self.spec.show:
            out.faults.append(f"iteration {number}")
        if first is not None and [int(first), int(last or first)] != [batch[0], batch[-1]]:
            out.faults.append(f"iteration {number} takes {batch}")

    def heading_sample(self, place: Place, out: Found, number: str) -> None:
        if int(number) != place.sample or int(number) - 1 not in self.spec.batch_of(place.context.iteration):
            out.faults.append(f"sample {number} is not in this batch")

    def heading_layer(self, place: Place, out: Found, number: str, position: str, name: str) -> None:
        at = int(number)
        if at != place.layer or not 1 <= at <= self.world.depth:
            out.faults.append(f"layer {number}")
            return
        if NAMES.get(name) != self.spec.layers[at - 1].activation or (position == "output") != (at == self.world.depth):
            out.faults.append(f"layer {number}: {position}, {name}")

    def heading_of_layer(self, place: Place, out: Found, number: str) -> None:
        if int(number) != place.layer or not 1 <= int(number) <= self.world.depth:
            out.faults.append(f"layer {number}")

    # conventions

    def layout(self, place: Place, out: Found, formula: str, rows: str) -> None:
        columns = str(self.node["network"].get("layout", "W x + b")) == "x W + b"
        product = r"x\,W" if columns else r"W\,x"
        layers = self.spec.layers
        last = " + b"
        if all(layer.bias is None for layer in layers):
            last = ""
        elif all(layer.threshold or layer.bias is None for layer in layers):
            last = r" - \theta"
        if formula != f"z = {product}{last}" or rows.startswith("rows of the weight matrix are inputs") != columns:
            out.faults.append(f"layout: {formula}")

    def bias(self, place: Place, out: Found, number: str | None, words: str) -> None:
        kinds = {"every unit has a bias of its own": (False, False), "each unit subtracts its threshold": (True, False)}
        kinds["one bias per layer, shared by all its units"] = (False, True)
        layers = self.spec.layers if number is None else [self.spec.layers[int(number) - 1]]
        for layer in layers:
            if words == "no biases":
                right = layer.bias is None
            else:
                right = layer.bias is not None and kinds[words] == (layer.threshold, layer.shared)
            if not right:
                out.faults.append(f"layer {number}: {words}")

    def activation(self, place: Place, out: Found, name: str, formula: str | None, slope: str | None, rest: str) -> None:
        kind = NAMES[name]
        if re.search(r"\d", rest):
            limit = re.search(r"its slope is taken as 0$|at 0 its slope is taken from the left side$", rest)
            if not limit and rest != "; the step is 1 at 0, and its slope is taken as 0 everywhere":
                out.faults.append(f"{name}: {rest}")
        given = [layer.parameters for layer in self.spec.layers if layer.activation == kind]
        right = [p for p in given if all(self._is_function(f, kind, p) for f in (formula, slope) if f)]
        if not right:
            out.faults.append(f"{name}: {formula}, {slope}")

    def _is_function(self, formula: str, kind: str, given: dict[str, Fraction]) -> bool:
        """`f(z) = …` or `f'(z) = …` at several z."""
        symbols = {("z",): "z"}
        chain = relation_chain(read_tokens(formula))
        head = whole(chain.target, symbols)
        name = getattr(head, "name", "")
        function = activations.slope if name.endswith("'") else activations.value
        for z in POINTS:
            evaluate = Evaluator(lambda _, z=z: z, lambda _: given)  # type: ignore[misc]
            for _, texts in chain.items:
                if not _near(evaluate(whole(texts, symbols)), function(kind, z, given)):
                    return False
        return bool(chain.items) and all(relation == "=" for relation, _ in chain.items)

    def loss(self, place: Place, out: Found, words: str, formula: str, rest: str) -> None:
        """The bare formula at several points, then what the words add: scale, weight, sums, means."""
        name = re.sub(r" \((sse|mse|mae)\)", "", words.removesuffix(" of each output,"))
        terms = [t for t in self.spec.losses if t.name == LOSSES[name]]
        if not any(self._is_loss(t, formula, rest) for t in terms):
            out.faults.append(f"loss: {words} {formula} {rest}")

    def _is_loss(self, term: losses.Loss, formula: str, rest: str) -> bool:
        scale, weight = re.search(r" times \$([^$]*)\$", rest), re.search(r" with weight \$([^$]*)\$", rest)
        factors = [Fraction(1) if m is None else _exact(m[1]) for m in (scale, weight)]
        if factors != [term.scale, term.weight]:
            return False
        left = re.sub(r" (times|with weight) \$[^$]*\$", "", rest)
        if re.search(r"\d", re.sub(r"slope (of the hinge )?is taken as 0$", "", left)):
            return False
        many = self.spec.layers[-1].units > 1
        for phrase, wanted in (("averaged over the outputs", "mean"), ("summed over the outputs", "sum")):
            if phrase in rest and term.over_outputs != wanted:
                return False
        if many and term.over_outputs == "mean" and "averaged over the outputs" not in rest:
            return False
        for phrase, wanted in (("averaged over the samples", "mean"), ("summed over the samples", "sum")):
            if phrase in rest and term.over_samples != wanted:
                return False
        symbols = {("a",): "a", ("y",): "y"}
        node = whole(read_tokens(formula), symbols)
        for a in INSIDE:
            for y in (Fraction(1, 4), Fraction(1), Fraction(0), Fraction(9, 5)):
                if term.name not in ("squared_error", "absolute_error", "huber") and y > 1:
                    continue
                pair = {"a": a, "y": y}
                if term.name.startswith("cosine") and y == 0:
                    continue
                expected = losses.total(term, [a], [y])
                if term.log_base is not None:
                    expected = expected / losses.log(term.log_base)
                if not _near(Evaluator(lambda n, pair=pair: pair[n])(tidy(node)), expected):  # type: ignore[misc]
                    return False
        return True

    def log_base(self, place: Place, out: Found, base: str) -> None:
        if not any(t.log_base == _exact(base) for t in self.spec.losses):
            out.faults.append(f"logarithms have base {base}")

    def natural(self, place: Place, out: Found) -> None:
        if all(t.log_base is not None for t in self.spec.losses):
            out.faults.append("logarithms are not natural")

    def penalty(self, place: Place, out: Found, formula: str) -> None:
        """`½ λ sum(w²)`, with the batch's size where it is divided by it."""
        penalty = self.spec.penalty
        head, _, tail = formula.partition("\\operatorname{sum}(w^{2})")
        if penalty is None or tail or not head:
            out.faults.append(f"penalty: {formula}")
            return
        symbols = {read_tokens("\\lambda"): "strength"} | {k: v for k, v in self.world.symbols.items() if v == "strength"}
        value = Evaluator(lambda _: Fraction(1))(tidy(parse(head.removesuffix("\\,"), symbols)))
        sizes = {len(self.spec.batch_of(t)) for t in self.spec.show}
        right = [penalty.scale / n for n in sizes] if penalty.over_samples == "mean" else [penalty.scale]
        if value not in right:
            out.faults.append(f"penalty: {formula}")

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
        if at != [1, 1] or more or relation != "=" or sign != (negative is not None) or getattr(right, "name", "") != wanted:
            out.faults.append(f"error signal {formula}")

    def batch(self, place: Place, out: Found, count: str) -> None:
        if int(count) != self.spec.batch:
            out.faults.append(f"batches of {count}")

    def rate(self, place: Place, out: Found, formula: str) -> None:
        given = str(self.node["training"]["optimiser"]["sgd"]["learning_rate"])
        if text_of(self.number(formula)) != _plain(given) or _exact(formula) != read(given):
            out.faults.append(f"learning rate {formula}, not {given}")

    def rounding(self, place: Place, out: Found, first: str, second: str | None) -> None:
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

    def skipped(self, place: Place, out: Found, first: str, last: str) -> None:
        t = int(first)
        if any(n in self.spec.show for n in range(t, int(last) + 1)) or t - 1 not in self.spec.show | {0}:
            out.faults.append(f"iterations {first} to {last} are not left out")
        if int(last) + 1 not in self.spec.show:
            out.faults.append(f"iteration {last} is not the last one left out")

    def from_iteration(self, place: Place, out: Found, number: str) -> None:
        if int(number) != place.context.iteration - 1:
            out.faults.append(f"it starts from iteration {place.context.iteration - 1}")

    # tables

    def table(self, source: str, place: Place) -> Found:
        """Samples, parameters or answers."""
        out = Found(digits=sum(c.isdigit() for c in source))
        try:
            rows = cells(source)
            head = rows[0]
            if head[0] == "No.":
                self._samples(head, rows[1:], out)
            elif head[0] == "Parameter":
                self._parameters(head, rows[1:], place, out)
            elif head[0] == "Part":
                self._answers(head, rows[1:], out)
            else:
                raise Unreadable(f"a table of {head}")
        except (Unreadable, Unknown, ValueError, KeyError, IndexError, StopIteration) as error:
            out.faults.append(f"{type(error).__name__} {error} in a table")
        return out

    def _letter(self, cell: str) -> str:
        if cell not in self._letters:
            self._letters[cell] = self._read_letter(cell)
        return self._letters[cell]

    def _read_letter(self, cell: str) -> str:
        node = parse(cell.strip("$"), self.world.symbols)
        if not isinstance(node, Sym) or not (cell.startswith("$") and cell.endswith("$")):
            raise Unreadable(f"not a letter: {cell}")
        return node.name

    def _samples(self, head: list[str], rows: list[list[str]], out: Found) -> None:
        names = [self._letter(cell) for cell in head[1:]]
        if len(rows) != len(self.spec.inputs) or len(names) != len(set(names)):
            out.faults.append("not all samples")
        for s, row in enumerate(rows, 1):
            out.lines += 1
            if row[0] != str(s) or len(row) != len(head):
                out.faults.append(f"sample {row[0]}")
            for name, cell in zip(names, row[1:], strict=True):
                out.numbers += 1
                given = self.world.givens[name.partition("@")[0], None, s]
                if text_of(self.number(cell.strip("$"))) != _plain(given):
                    out.faults.append(f"{name} of sample {s} is {given}, printed {cell}")

    def _parameters(self, head: list[str], rows: list[list[str]], place: Place, out: Found) -> None:
        t = place.context.iteration
        if len({row[0] for row in rows}) != len(rows):
            out.faults.append("a parameter that comes twice")
        for row in rows:
            out.lines += 1
            name = self._letter(row[0])
            letter, _, rest = name.partition("[")
            wanted = {
                "Before": name, "Gradient": f"∂L/∂{name}", "Change": f"{letter}_change[{rest}", "After": f"{letter}_new[{rest}",
            }  # fmt: skip
            for title, cell in zip(head[1:], row[1:], strict=True):
                self._value(cell.strip("$"), wanted[title], t, out)

    def _answers(self, head: list[str], rows: list[list[str]], out: Found) -> None:
        if len({tuple(row[:-1]) for row in rows}) != len(rows):
            out.faults.append("an answer that comes twice")
        for row in rows:
            out.lines += 1
            cell = dict(zip(head, row, strict=True))
            label = cell["Part"]
            label, _, marks = label.partition(" (")
            if label not in self.parts and not (label == "a" and not self.parts):
                out.faults.append(f"no part {label}")
            given = self.parts.get(label, {}).get("marks")
            if marks and marks.split()[0] != str(given):
                out.faults.append(f"part {label}: {marks}")
            t = int(cell.get("Iteration") or min(self.spec.show))
            if t not in self.spec.show or (len(self.spec.show) > 1 and "Iteration" not in head):
                out.faults.append(f"iteration {t}")
            sample = cell.get("Sample", "")
            name = self._letter(cell["Quantity"])
            if sample.isdigit():
                if "@" in name and name.rpartition("@")[2] != sample:
                    out.faults.append(f"{name} in a row of sample {sample}")
                if int(sample) - 1 not in self.spec.batch_of(t):
                    out.faults.append(f"sample {sample} in iteration {t}")
            elif sample not in ("", "–", "—"):
                out.faults.append(f"sample {sample}")
            self._check_part(label, name, t, out)
            self._value(cell["Value"].strip("$"), name, t, out)

    def _check_part(self, label: str, name: str, t: int, out: Found) -> None:
        """Whether a part asks for this answer, in this iteration."""
        part = self.parts.get(label)
        if part is None:
            return
        asks = _asks(part)
        known = any(re.match(ANSWERS[ask], name) for ask in asks if ask in ANSWERS)
        if not known and not any(self._names(name, ask) for ask in asks):
            out.faults.append(f"part {label} does not ask for {name}")
        if self._at(part) not in (None, t):
            out.faults.append(f"part {label} asks for iteration {self._at(part)}")

    def _symbols_of(self, name: str) -> list[str]:
        """How an asked name may spell a quantity: `dLdw7` for `dL/dw7`."""
        top, _, bottom = name.removeprefix("∂").partition("/∂")
        spelled = {re.sub(r"\W|_", "", "".join(texts)) for texts, n in self.world.symbols.items() if n == (bottom or top)}
        tops = {re.sub(r"\W|_", "", "".join(texts)) for texts, n in self.world.symbols.items() if n == top}
        return [f"d{a}d{b}" for a in tops for b in spelled] + ["dLd" + b for b in spelled] if bottom else sorted(spelled)

    # data given in a display

    def givens_display(self, source: str, place: Place) -> Found:
        """`W = letters = numbers`, element by element as in the file."""
        from tests.audit.display import read_display

        out = Found(digits=sum(c.isdigit() for c in source))
        columns = str(self.node["network"].get("layout", "W x + b")) == "x W + b"
        seen: set[str] = set()
        try:
            for chain in read_display(source):
                out.lines += 1
                if len(chain.items) == 1:
                    found = self.chains.check(Chain(chain.target, chain.items, chain.notes), place.context)
                    out.faults += found.faults
                    seen.add(str(getattr(whole(chain.target, self.world.symbols), "name", "")))
                    continue
                seen |= self._matrix(chain, columns, out)
        except (Unreadable, Unknown, ValueError, KeyError, IndexError) as error:
            out.faults.append(f"{type(error).__name__} {error}")
        wanted = {
            name for (name, t, _) in self.world.givens if t == 1
            and not (name[0] == "b" and self.spec.layers[indices(name)[1][0] - 1].shared and indices(name)[1][1] > 1)
        }  # fmt: skip
        if seen != wanted:
            out.faults.append(f"data: {sorted(seen ^ wanted)} missing or too many")
        return out

    def _matrix(self, chain: Chain, columns: bool, out: Found) -> set[str]:
        from tests.audit.tree import Matrix

        letters, numbers = (whole(texts, self.world.symbols) for _, texts in chain.items)
        if not isinstance(letters, Matrix) or not isinstance(numbers, Matrix) or [r for r, _ in chain.items] != ["=", "="]:
            raise Unreadable(f"{' '.join(chain.target)} is no matrix")
        if [len(r) for r in letters.rows] != [len(r) for r in numbers.rows]:
            raise Unreadable("matrices of different shapes")
        names: set[str] = set()
        first = letters.rows[0][0]
        layer = indices(getattr(first, "name", ""))[1][0]
        if chain.target[-5:] != ("^", "{", "(", str(layer), ")", "}")[-5:]:
            out.faults.append(f"{''.join(chain.target)} holds layer {layer}")
        for r, (row, values) in enumerate(zip(letters.rows, numbers.rows, strict=True), 1):
            for c, (cell, value) in enumerate(zip(row, values, strict=True), 1):
                name = getattr(cell, "name", "?")
                letter, at = indices(name)
                place = (c, r) if columns else (r, c)
                right = [layer, *place] if letter == "W" else [layer, max(r, c)]
                if at != right or (letter != "W" and min(r, c) != 1):
                    out.faults.append(f"{name} stands in row {r}, column {c}")
                out.numbers += 1
                if text_of(tidy(value)) != _plain(self.world.givens[name, 1, None]):
                    out.faults.append(f"{name} is {self.world.givens[name, 1, None]}, printed {text_of(tidy(value))}")
                names.add(name)
        return names


def _folded(text: str) -> str:
    return " ".join(text.split())


def whole(texts: tuple[str, ...], symbols: Mapping[tuple[str, ...], str]) -> Node:
    """One formula, read to its end."""
    parser = Parser(texts, symbols)
    node = parser.expression()
    if parser.at != len(texts):
        raise Unreadable(f"unread: {' '.join(texts)}")
    return node


def _plain(given: str) -> str:
    """A given as `text_of` shows it: fractions by a stroke."""
    return written(given)


def _exact(formula: str) -> Fraction:
    value = Evaluator()(tidy(parse(formula, {})))
    if not isinstance(value, Fraction):
        raise Unreadable(formula)
    return value


def _near(a: Number, b: Number) -> bool:
    return abs(mpf(float(a)) - mpf(float(b))) <= 1e-12 * (1 + abs(float(b)))


def _asks(part: Mapping[str, Any]) -> list[str]:
    asks = part.get("ask", [])
    return [str(ask) for ask in (asks if isinstance(asks, list) else [asks])]


def same_name(name: str, ask: str) -> bool:
    """`∂L/∂W[1][1][1]` asked as `dL/dW[1][1][1]`."""
    return name.replace("∂", "d") == ask


def _rules() -> list[Rule]:
    p = ProseChecker
    table: list[tuple[str, Callable[..., None]]] = [
        (r"(A network with .*\.)", p.network),
        (r"The sample: (.*)", p.data),
        (r"((?:Learning rate|Penalty strength) .*)", p.data),
        (r"\*\*\((.*?)\)\*\* (.*?)(?: \((\S+) marks?\))?", p.asked),
        (r"The loss (falls|rises) from \$([^$]*)\$ to \$([^$]*)\$(?:\.|: the step was too long\.)", p.loss_moved),
        (r"The loss stays as it is\.", p.loss_same),
        (r"Each of these units reaches the loss through all (\d+) units of the next layer, so its gradient is a sum over (\d+) paths:", p.paths),
        (r"Each of these units reaches the loss through all (\d+) units of the next layer\. Each path by itself:", p.paths),
        (r"(.*) is not active for this input: its slope is 0, nothing reaches the parameters behind it, and their gradients are 0\.", p.dead),
        (r"Held fixed, hence unchanged: (\d+) parameters\.", p.held_count),
        (r"Held fixed, hence unchanged: (.*)\.", p.held),
        (r"held fixed \(not trained\): (\d+) parameters", p.held_count),
        (r"held fixed \(not trained\): (.*)", p.held),
        (r"(Each unit adds up its weighted inputs[^\d]*; softmax then turns the sums into numbers that add up to 1\.)", p.nothing),
        (r"(A weight's gradient is the error signal of the unit it leads to times the activation it comes from; a bias has the factor 1\.[^\d$]*)", p.nothing),
        (r"(Only the last factor is new: the slope of the weighted sum in the parameter is the activation that comes in, and 1 for a bias\.[^\d$]*)", p.nothing),
        (r"Iteration (\d+)(?:: (samples?) (\d+)(?: to (\d+))?)?", p.heading_iteration),
        (r"Sample (\d+)", p.heading_sample),
        (r"Layer (\d+): (hidden|output), (.*)", p.heading_layer),
        (r"(?:Back to layer|Gradients of layer) (\d+)", p.heading_of_layer),
        (r"\$([^$]*)\$: (rows of the weight matrix are (?:units, columns are inputs|inputs, columns are units))", p.layout),
        (r"(?:layer (\d+): )?(every unit has a bias of its own|one bias per layer, shared by all its units|no biases|each unit subtracts its threshold)", p.bias),
        (r"loss: ([^$]*?) ?\$((?:[^$]|\\\$)*)\$(.*)", p.loss),
        (r"L2 penalty, biases left out: \$([^$]*)\$", p.penalty),
        (r"an error signal is the (negative )?gradient of the loss in the pre-activation: \$([^$]*)\$", p.signal),
        (r"each iteration takes (\d+) samples, in the order given, and starts over at the end", p.batch),
        (r"gradient descent with learning rate \$([^$]*)\$; all parameters change at once, from the gradients of the old ones", p.rate),
        (r"calculated exactly and rounded only where a number is printed: intermediate values to (.*?), answers to (.*?); ≈ marks a rounded number\. Operands show more digits where the result needs them", p.rounding),
        (r"every value is rounded to (.*?) as it is written down, and the rounded value is what the next line uses; ties are rounded away from zero()", lambda s, pl, o, a, _: p.rounding(s, pl, o, a, None)),
        (r"logarithms have base \$?(\d+)\$?", p.log_base),
        (r"Iterations (\d+) to (\d+) are carried out in the same way and not written out\.", p.skipped),
        (r"It starts from the parameters that iteration (\d+) left\.", p.from_iteration),
        (r"(linear|sigmoid|tanh|ReLU|leaky ReLU|ELU|softplus|GELU|SiLU|step):(?: \$([^$]*)\$)?(?:,? with slope \$([^$]*)\$)?(.*)", p.activation),
    ]  # fmt: skip
    return [(re.compile(pattern), check) for pattern, check in table]


RULES: list[Rule] = _rules()
__all__ = ["Num", "Place", "ProseChecker", "mark_number", "numbers_in", "rounds_to"]
