"""Sentences of a page about a rule, each with what its numbers have to be."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from nbsolve.checking.audit.display import relation_chain
from nbsolve.checking.audit.parser import read_tokens
from nbsolve.checking.audit.ruled.lines import Lines
from nbsolve.checking.audit.ruled.numbers import Context, Wrong, claim, exactly
from nbsolve.checking.audit.tree import Matrix, Sym
from nbsolve.checking.oracle.rules import separable

FIXED = {
    "the samples are taken one at a time, in the order given, and the parameters change after each of them",
    "the changes of all samples are added up, and the parameters change once, at the end of an epoch",
    "an epoch takes every sample once",
    "the formulae are those of unit 1; every other unit has its own weights and learns in the same way",
    "if the prediction is right, the error is 0 and nothing changes",
    "parameters change only where the prediction is wrong, and then by the target, not by the error",
    "The whole epoch:",
    "What each sample changes:",
    "The changes of all samples together:",
    "All weights are 0: every input gets the same prediction, and there is no boundary.",
    "No weights are right for every sample: the conditions that the samples set contradict each other.",
    "Some weights are right for every sample, but training has not reached them.",
}
PROSE = (
    "the error compares",
    "the target stands in",
    "all numbers are exact",
    "calculated exactly",
    "every value is rounded",
    "training ends after the first epoch",
)
"""Conventions whose words hold no number of the solution (the last one is checked for its number)."""


class Sentences(Lines):
    """Checks sentences; one that nobody knows is a fault."""

    def _sentence(self, words: str, at: Context) -> None:
        if words in FIXED:
            return
        if any(words.startswith(begin) for begin in PROSE):
            if match := re.search(r"at the latest after epoch (\d+)", words):
                claim(int(match[1]) == self.problem.most, "the last epoch")
            claim(
                len(re.findall(r"\d+", words)) == ("latest" in words or ("exact" in words and False)), words
            )
            return
        for pattern, judge in self._sentences(at):
            match = re.fullmatch(pattern, words)
            if match is not None:
                claim(judge(*match.groups()), words)
                return
        raise Wrong("a sentence that nobody knows")

    def _sentences(self, at: Context) -> list[tuple[str, Callable[..., bool]]]:
        """Patterns of sentences, each with what their numbers have to be."""
        formula = r"\$([^$]+)\$"
        last, right = self.run.epochs, not self._mistakes(self.run.epochs)
        mistakes = self._mistakes()
        counted = "one mistake" if mistakes == 1 else f"{mistakes} mistakes"
        perceptron = self.problem.name == "perceptron"
        width = len(self.problem.inputs[0])
        what = {1: "point", 2: "straight line", 3: "plane"}.get(width, "hyperplane")
        done = "nothing changes any more, and training ends, after"
        ends = {
            f"Epoch {last} passes without a mistake: {done} {counted} in all.": perceptron
            and right
            and last > 1,
            "The first epoch passes without a mistake: nothing changes at all.": perceptron
            and right
            and last == 1,
            f"After epoch {last} training is stopped: {counted} so far, and the last epoch still had some.": (
                perceptron and not right
            ),
            f"Training ends after {last} epochs.": not perceptron and last > 1,
            "Training ends after one epoch.": not perceptron and last == 1,
        }
        squares = "Sum of the squared errors of this epoch, each found with the parameters of that moment"
        again = r"From there on everything repeats: the rule would go round in this circle for ever\."
        parted = "are right for every sample, and so their"
        sooner = r"with more epochs the rule would find one \(perceptron convergence theorem\)\."
        between = r"a point lies between samples of the one class and between samples of the other\."
        return [
            *((re.escape(words), lambda true=true: true) for words, true in ends.items()),
            (
                rf"So {formula}, but {formula}: the prediction is wrong\.",
                lambda a, y: self._said(a, y, at, False),
            ),
            (
                rf"So {formula}, and {formula}: the prediction is right, and nothing changes\.",
                lambda a, y: self._said(a, y, at, True),
            ),
            (
                rf"{formula} is the weighted sum, {formula} the prediction, {formula} the target"
                rf"(?:, {formula} the error)?",
                lambda *letters: self._meant(letters),
            ),
            (rf"So {formula}, and {formula}\.", lambda a, y: self._said(a, y, at, None)),
            (
                r"In epoch (\d+) every prediction is right\.",
                lambda n: int(n) == at.epoch and not self._mistakes(at.epoch),
            ),
            (
                r"Wrong predictions in epoch (\d+): (\d+)\.",
                lambda n, k: int(n) == at.epoch and int(k) == self._mistakes(at.epoch) > 0,
            ),
            (
                r"Samples? ((?:\d+(?:, )?)+(?: and \d+)?) in the same way\. The whole epoch:",
                lambda listed: [int(n) for n in re.split(", | and ", listed)] == self._left(at.epoch),
            ),
            (
                rf"{squares}: (≈ )?{formula}\.",
                lambda about, x: self._squares(about, x, at),
            ),
            (
                r"Epochs (\d+) to (\d+) are not written out\.",
                lambda a, b: int(a) == at.epoch + 1 < int(b) < last,
            ),
            (r"Epoch (\d+) is not written out\.", lambda a: int(a) == at.epoch + 1 < last),
            (
                rf"After epoch (\d+) the parameters are what they were after epoch (\d+)\. {again}",
                self._circle,
            ),
            (
                rf"After epoch (\d+) the parameters are what they were at the start\. {again}",
                lambda n: self._circle(n, "0"),
            ),
            (rf"The prediction changes where {formula}:", self._border),
            (
                r"The weights (.+) are perpendicular to the boundary and point to the side on which (.+)\.",
                lambda w, side: self._normal(w.strip("$"), side.strip("$"), at),
            ),
            (
                rf"It meets the axes at {formula} and {formula}\.",
                lambda a, b: self._axis(a, 1, at) and self._axis(b, 2, at),
            ),
            (rf"Accuracy, the share of samples that are predicted correctly: {formula}\.", self._accuracy),
            (
                rf"Yes: the parameters after training {parted} {what} separates the classes\.",
                lambda: True,
            ),
            (
                rf"Yes, some {what} separates them: {sooner}",
                lambda: self._claimed(at, True),
            ),
            (
                rf"No {what} separates the two classes: {between}",
                lambda: self._claimed(at, False),
            ),
            (
                r"On the left stand (.+) of the one class, on the right (.+) of the other\. Whichever .+",
                lambda a, b: (
                    self._samples_of(a, self.problem.high, at) and self._samples_of(b, self.problem.low, at)
                ),
            ),
        ]

    def _claimed(self, at: Context, true: bool) -> bool:
        self._separable(at.unit, true)
        return True

    def _samples_of(self, words: str, side: Fraction, at: Context) -> bool:
        numbers = [int(text) for text in re.findall(r"\d+", words)]
        proved = self.proved[0 if side == self.problem.high else 1]
        points = {tuple(self.problem.inputs[n - 1]) for n in numbers}
        return (
            len(points) == len({tuple(self.problem.inputs[n - 1]) for n in proved})
            and numbers == sorted(set(numbers))
            and all(n in proved and self.problem.targets[n - 1][at.unit - 1] == side for n in numbers)
        )

    def _meant(self, letters: tuple[str | None, ...]) -> bool:
        """The letters of weighted sum, prediction and target, and of the error where there is one."""
        found = [self._name(read_tokens(letter)) for letter in letters if letter is not None]
        target_alone = self.problem.name == "hebb" or self.problem.by_target
        return found == ["z@1", "a@1", "y@1", *([] if target_alone else ["e@1"])]

    def _said(self, a: str, y: str, at: Context, right: bool | None) -> bool:
        values = self.values(at)
        pairs = []
        for text in (a, y):
            chain = relation_chain(read_tokens(text))
            ((relation, side),) = chain.items
            name = self._name(chain.target)
            pairs.append(name)
            if relation != "=" or exactly(self._read(side)) != values[name]:
                return False
        unit = pairs[0].split("@")[1]
        hit = values[f"a@{unit}"] == values[f"y@{unit}"]
        return pairs == [f"a@{unit}", f"y@{unit}"] and (right is None or hit is right)

    def _squares(self, about: str | None, shown: str, at: Context) -> bool:
        total = sum(
            (
                (self.problem.targets[r["sample"] - 1][r["unit"] - 1] - r["z"]) ** 2
                for r in self.run.rows
                if r["epoch"] == at.epoch
            ),
            Fraction(0),
        )
        self._printed(self._read(read_tokens(shown)), total, "≈" if about else "=", self.intermediates)
        return True

    def _circle(self, again: str, first: str) -> bool:
        def after(epoch: int) -> list[object]:
            if not epoch:
                return [self.problem.weights, self.problem.constants]
            if self.problem.batch:
                ends = [self.ends(epoch, u) for u in range(1, self.problem.units + 1)]
            else:
                rows = [
                    self.rows[epoch, len(self.problem.inputs), u] for u in range(1, self.problem.units + 1)
                ]
                ends = [(row["w"], row["b"]) for row in rows]
            return [[weights for weights, _ in ends], [constant for _, constant in ends]]

        states = [after(epoch) for epoch in range(int(again) + 1)]
        repeated = next(n for n in range(1, int(again) + 1) if states[n] in states[:n])
        return repeated == int(again) and states.index(states[repeated]) == int(first)

    def _border(self, shown: str) -> bool:
        chain = relation_chain(read_tokens(shown))
        ((relation, side),) = chain.items
        return (
            relation == "="
            and self._name(chain.target) == "z@1"
            and exactly(self._read(side)) == self.problem.border
        )

    def _normal(self, shown: str, side: str, at: Context) -> bool:
        chain = relation_chain(read_tokens(shown))
        ((relation, right),) = chain.items
        letters, numbers = self._read(chain.target), self._read(right)
        weights, _ = self.line_of(at.unit)
        if not (isinstance(letters, Matrix) and isinstance(numbers, Matrix)):
            return False
        names = [row[0].name for row in letters.rows if isinstance(row[0], Sym)]
        for row, value in zip(numbers.rows, weights, strict=True):
            self._printed(row[0], value, None, self.intermediates)
        exact = all(exactly(row[0]) == value for row, value in zip(numbers.rows, weights, strict=True))
        above = relation_chain(read_tokens(side))
        ((same, upper),) = above.items
        return (
            names == [f"w{i}@{at.unit}" for i in range(1, len(weights) + 1)]
            and (relation == "=") == exact
            and (same, self._name(above.target), exactly(self._read(upper)))
            == ("=", f"a@{at.unit}", self.problem.high)
        )

    def _axis(self, shown: str, i: int, at: Context) -> bool:
        chain = relation_chain(read_tokens(shown))
        ((relation, right),) = chain.items
        weights, constant = self.line_of(at.unit)
        self._printed(self._read(right), -constant / weights[i - 1], relation, self.intermediates)
        return self._name(chain.target) == f"x{i}"

    def _accuracy(self, shown: str) -> bool:
        chain = relation_chain(read_tokens(shown))
        ((relation, right),) = chain.items
        hits, count = self._hits(), len(self.problem.inputs)
        self._printed(self._read(right), Fraction(hits, count), relation, self.answers)
        return chain.target == read_tokens(rf"\frac{{{hits}}}{{{count}}}")

    def _separable(self, unit: int, said: bool) -> None:
        if self.problem.held or self.problem.constants[unit - 1] is None:
            return  # another question, which tests/rules asks
        upper = [target[unit - 1] == self.problem.high for target in self.problem.targets]
        claim(separable(self.problem.inputs, upper) == said, "separable")
