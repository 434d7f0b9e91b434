"""The documents of a problem of the kind `derivation`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from nbsolve import derivation as catalogue
from nbsolve.catalogue import ACTIVATIONS, JOINT_LOSS_FORMULAS, LOSSES
from nbsolve.compose.authored import authored, marks, parts, pitfalls
from nbsolve.compose.derivations import derivation_blocks
from nbsolve.compose.functions import in_words, own_blocks
from nbsolve.compose.sentences import enumerated
from nbsolve.document import (
    Block,
    Bullets,
    Derivation,
    Document,
    Heading,
    Inline,
    Line,
    Link,
    Markdown,
    Math,
    Note,
    Paragraph,
    Result,
    Table,
    Text,
)
from nbsolve.expr import Applied, Expr, Variable, walk
from nbsolve.expr.general import Derivative, IndexedSum
from nbsolve.live import filled_without_solution as fill
from nbsolve.notation import Names
from nbsolve.phrases import phrase, phrase_of
from nbsolve.problem.functions import own_function
from nbsolve.problem.model import DerivationProblem, Part, Topic
from nbsolve.problem.topics import derivations_of, variable_of

_WITH_LETTERS = ACTIVATIONS | LOSSES | JOINT_LOSS_FORMULAS
"""Functions whose parameters, where they have some, are explained in words."""


@dataclass(frozen=True)
class DerivationPage:
    """Composes the documents of one problem."""

    problem: DerivationProblem
    names: Names

    def _document(self, blocks: Iterator[Block]) -> Document:
        return Document(tuple(blocks), self.names)

    def statement(self) -> Document:
        """What is asked."""
        return self._document(self._statement())

    def _statement(self) -> Iterator[Block]:
        yield Heading(2, (phrase("sections.statement"),))
        words, several = self.problem.statement, len(self.problem.parts) > 1
        asked = (
            authored(self.problem, fill(words, "statement"), 3)
            if words
            else Markdown(phrase("derivations.statement" if several else "derivations.statement_one"))
        )
        yield Paragraph((asked,))
        yield from parts(self.problem, fill, self._asked)

    def _asked(self, part: Part) -> list[Inline]:
        topics = (topic for ask in part.ask for topic in self.problem.topics if topic.id == ask)
        return enumerated([[*_wanted(topic)] for topic in topics])

    def unsaid(self) -> Document:
        """What a question cannot do without: the letters, and what is differentiated."""
        return self._document(self._unsaid())

    def _unsaid(self) -> Iterator[Block]:
        letters, functions = self._defined()
        if letters:
            yield Derivation(tuple(letters))
        yield Derivation(tuple(functions))
        yield Bullets(tuple(self._letters()))

    def _defined(self) -> tuple[list[Line], list[Line]]:
        """The letters in the functions, then these; of several each that is called by a letter has its name."""
        subjects = [
            (topic, derivation)
            for topic in self.problem.topics
            for derivation in (derivations_of(topic)[-1:] if topic.through else derivations_of(topic))
        ]
        letters: list[Line] = []
        functions: dict[Line, Line] = {}
        for topic, derivation in subjects:
            *before, function = _definitions(derivation)
            known = {line.left for line in (*letters, *functions)}
            letters += _used([line for line in before if line.left not in known], function)
            named = len(subjects) > 1 and not isinstance(function.left, Applied)
            note = (_subject(topic, derivation),) if named else ()
            functions.setdefault(function, replace(function, note=note))
        return letters, [*functions.values()]

    def conventions(self) -> Document:
        """The letters and the conventions at kinks."""
        items = tuple(self._conventions())
        note = Note("conventions", phrase("sections.conventions"), (Bullets(items),))
        return self._document(iter((note,)))

    def _letters(self) -> Iterator[Text]:
        kinds = {topic.kind for topic in self.problem.topics}
        through = any(topic.through for topic in self.problem.topics)
        if "activation" in kinds or through:
            yield (Markdown(phrase("derivations.letters_activation")),)
        if "loss" in kinds:
            yield (Markdown(phrase("derivations.letters_loss")),)
        for topic in self.problem.topics:
            record = _WITH_LETTERS.get(topic.name)
            if record is not None and record.parameters:
                yield (Markdown(phrase_of("derivations.letter_", topic.name)),)
        if any(map(_is_long, self.problem.topics)):
            yield (Markdown(phrase("derivations.letters_length")),)
        losses = [topic.name for topic in self.problem.topics if topic.kind == "loss"]
        if any(LOSSES[name].logarithmic for name in losses if name in LOSSES):
            yield (phrase("conventions.log_natural"),)

    def _conventions(self) -> Iterator[Text]:
        yield from self._letters()
        for topic in self.problem.topics:
            if _is_formula(topic):
                continue
            record = (ACTIVATIONS if topic.kind == "activation" else LOSSES)[topic.name]
            if record.kink is not None:
                yield (f"{name_of(topic)}: {phrase_of('conventions.kink_', record.kink)}",)

    def derivation(self, topic: Topic) -> Document:
        """One topic under its heading."""
        return self._document(self._derivation(topic))

    def _derivation(self, topic: Topic) -> Iterator[Block]:
        yield Heading(2, (_capital(name_of(topic)),))
        own = own_function(topic)
        for position, derivation in enumerate(derivations_of(topic)):
            if own is not None:
                yield from own_blocks(own, derivation, variable_of(topic), _anchor(topic, position))
                continue
            if derivation.variant is not None:
                yield Heading(3, (phrase_of("derivations.variant_", derivation.variant),))
            yield from derivation_blocks(derivation, anchor=_anchor(topic, position))

    def derivations(self) -> Document:
        """The derivations of all topics, one after the other."""
        return self._document(block for topic in self.problem.topics for block in self._derivation(topic))

    def answers(self) -> Document:
        """A table of the results."""
        return self._document(self._answers())

    def _answers(self) -> Iterator[Block]:
        yield Heading(2, (phrase("sections.answers"),))
        header = (
            (phrase("derivations.column_part"),),
            (phrase("derivations.column_subject"),),
            (phrase("derivations.column_result"),),
        )
        yield Table(header, tuple(self._rows()))

    def _rows(self) -> Iterator[tuple[Text, ...]]:
        for part in self.problem.parts:
            label = part.label if part.marks is None else f"{part.label} ({marks(part.marks)})"
            for topic in (topic for ask in part.ask for topic in self.problem.topics if topic.id == ask):
                for position, derivation in enumerate(derivations_of(topic)):
                    subject = _subject(topic, derivation)
                    result = Math(derivation.stages[-1].left, "=", derivation.result)
                    yield (Link(label, _anchor(topic, position)),), (subject,), (result,)
                    label = part.label  # the marks stand in a part's first row

    def pitfalls(self) -> Document:
        """Common mistakes."""
        return self._document(pitfalls(self.problem, fill))


def _is_formula(topic: Topic) -> bool:
    """Whether it is given by a formula, the author's or the catalogue's: then it has no words of its own."""
    return topic.formula is not None or topic.name in JOINT_LOSS_FORMULAS


def name_of(topic: Topic) -> str:
    """`ReLU`, `binary cross-entropy through sigmoid`."""
    if _is_formula(topic):
        return in_words(topic.name)
    name = phrase_of("activations." if topic.kind == "activation" else "losses.", topic.name)
    if topic.through is None:
        return name
    return phrase("derivations.through", loss=name, activation=phrase_of("activations.", topic.through))


def _subject(topic: Topic, derivation: catalogue.Derivation) -> str:
    """`squared error, for one output`."""
    if derivation.variant is None:
        return name_of(topic)
    return f"{name_of(topic)}, {phrase_of('derivations.variant_', derivation.variant).lower()}"


def _wanted(topic: Topic) -> Iterator[Inline]:
    """`softmax: ∂p_k/∂z_j`: the function and what is to be derived, for each variant."""
    yield f"{name_of(topic)}: "
    for position, derivation in enumerate(derivations_of(topic)):
        yield ", " if position else ""
        yield Math(derivation.stages[-1].left)
        if derivation.variant is not None:
            yield f" ({_small(phrase_of('derivations.variant_', derivation.variant))})"


def _definitions(derivation: catalogue.Derivation) -> Iterator[Line]:
    """What the letters stand for, up to what is differentiated."""
    last = derivation.stages[-1].left
    wanted = last.body if isinstance(last, Derivative) else last
    for stage in derivation.stages:
        left, right = stage.left, stage.forms[0].expression
        if not isinstance(left, Variable) and not (isinstance(left, Applied) and left.primes == 0):
            return
        yield Line((("=", right),), left=left)
        if left == wanted or (isinstance(left, Applied) and left.name == getattr(wanted, "name", None)):
            return


def _used(letters: Sequence[Line], function: Line) -> list[Line]:
    """The letters that occur in the function, or in letters that do, with whatever index."""
    found: list[Line] = []
    for line in reversed(letters):
        if isinstance(line.left, Applied) or _stems(line.left) & _stems(*map(_right, (*found, function))):
            found.insert(0, line)
    return found


def _right(line: Line) -> Expr | None:
    ((_, right),) = line.parts
    return None if isinstance(right, Result) else right


def _stems(*expressions: Expr | None) -> set[str]:
    """The letters of expressions, without their indices."""
    nodes = (node for one in expressions if one is not None for node in walk(one))
    return {node.name.partition("_")[0] for node in nodes if isinstance(node, Variable)}


def _is_long(topic: Topic) -> bool:
    """Whether sums over all outputs occur."""
    forms = (form for d in derivations_of(topic) for stage in d.stages for form in stage.forms)
    return any(isinstance(node, IndexedSum) for form in forms for node in walk(form.expression))


def _small(words: str) -> str:
    return words[0].lower() + words[1:]


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _anchor(topic: Topic, position: int) -> str:
    return f"{topic.id.replace('_', '-')}-{position + 1}"
