"""The block `variants`: what differs from variant to variant, which gates a variant passes, read and checked.

The names of what varies are looked up by `nbsolve.variants`, which knows letters; here they are texts.
"""

from __future__ import annotations

from fractions import Fraction

from nbsolve.given import Given
from nbsolve.problem.cursor import Cursor, describe
from nbsolve.problem.keys.base import keys_of
from nbsolve.problem.keys.variants import (
    MOST_ATTEMPTS,
    MOST_DECIMALS,
    MOST_DIGITS,
    SHUFFLED,
    FractionsKeys,
    GatesKeys,
    PencilKeys,
    SourceKeys,
    VariantsKeys,
)
from nbsolve.problem.model.variants import Choices, Lattice, Listed, Shuffled, Source, Variants, Varied
from nbsolve.problem.tree import Entries, Node, Scalar

__all__ = [
    "GATES",
    "KEY",
    "is_number",
    "read_variants",
]

KEY = "variants"
GATES = keys_of(GatesKeys)
"""What a variant is held against, by name; each can be switched off."""
_MOST_OPTIONS = 10**9
_EXPECTED = (
    "{from: -1, to: 1, step: 0.1}, {choices: [0.1, 0.5]}, {fractions: {from: -1, to: 1, denominators: [2, 3]}}, "
    "shuffled (for a list), or a list with one of these for each entry"
)


def is_number(node: Node) -> bool:
    """Whether a node is a number as written."""
    if not isinstance(node, Scalar):
        return False
    try:
        Given.read(node.text)
    except ValueError:
        return False
    return True


def read_variants(cursor: Cursor) -> Variants | None:
    """The block; None after noting a fault."""
    if not cursor.mapping(keys_of(VariantsKeys), KEY):
        return None
    pencil_cursor, inner = cursor.get("pencil"), cursor.get("vary")
    pencil = None if pencil_cursor is None else _pencil(pencil_cursor)
    if inner is None and pencil_cursor is None:
        cursor.fault(
            "the block says nothing that varies", expected='vary: {"W[1]": {from: -1, to: 1, step: 0.1}}'
        )
        return None
    vary = () if inner is None else _varied(inner)
    off = _switched_off(cursor.get("gates"))
    attempts_cursor = cursor.get("attempts")
    attempts: int | None = 200
    if attempts_cursor is not None:
        attempts = attempts_cursor.integer("attempts", 1, MOST_ATTEMPTS)
    if vary is None or off is None or attempts is None or (pencil is None) != (pencil_cursor is None):
        return None
    return Variants(vary, off, attempts, pencil, cursor.notes.file)


def _varied(cursor: Cursor) -> tuple[Varied, ...] | None:
    """What varies; None after noting a fault."""
    if not cursor.is_mapping or not cursor.keys():
        cursor.fault(f"vary is {describe(cursor.node)}", expected="what varies by name, each with its values")
        return None
    assert isinstance(cursor.node, Entries)
    found: list[Varied] = []
    names = [*cursor.node.entries]
    for name in names:
        one = cursor.get(name)
        assert one is not None
        source = _source(one, name)
        if source is not None:
            found.append(
                Varied(name, source, *cursor.node.places.get(name, (one.node.line, one.node.column)))
            )
    return tuple(found) if len(found) == len(names) else None


def _pencil(cursor: Cursor) -> int | None:
    """`pencil: {digits: 2}`: how many digits; None after noting a fault."""
    if not cursor.mapping(keys_of(PencilKeys), "pencil"):
        return None
    digits = cursor.get("digits")
    return 2 if digits is None else digits.integer("digits", 1, MOST_DIGITS)


def _switched_off(cursor: Cursor | None) -> frozenset[str] | None:
    """`gates: {work: off}`: the gates that are not to be passed; None after noting a fault."""
    if cursor is None:
        return frozenset()
    if not cursor.mapping(GATES, "gates"):
        return None
    off: set[str] = set()
    sound = True
    for name in [*cursor.keys()]:
        inner = cursor.get(name)
        assert inner is not None
        word = inner.word(name, ("on", "off"))
        sound = sound and word is not None
        off |= {name} if word == "off" else set()
    return frozenset(off) if sound else None


def _source(cursor: Cursor, name: str) -> Source | None:
    if cursor.is_list:
        return _listed(cursor, name)
    if cursor.is_scalar and cursor.text == SHUFFLED:
        return Shuffled()
    if cursor.is_null:
        cursor.fault(f"{name} has no range", expected=_EXPECTED)
        return None
    if not cursor.is_mapping:
        cursor.fault(f"what {name} is taken from is {describe(cursor.node)}", expected=_EXPECTED)
        return None
    if not cursor.mapping(keys_of(SourceKeys), f"the values of {name}"):
        return None
    if (choices := cursor.get("choices")) is not None:
        return _choices(choices, name) if _alone(cursor, "choices") else None
    if (fractions := cursor.get("fractions")) is not None:
        return _fractions(fractions) if _alone(cursor, "fractions") else None
    return _lattice(cursor)


def _alone(cursor: Cursor, key: str) -> bool:
    others = [*cursor.keys()]
    others.remove(key)
    for other in others:
        cursor.key_fault(other, f"{other} beside {key}", expected=f"either {key}, or a range from … to …")
    return not others


def _listed(cursor: Cursor, name: str) -> Listed | None:
    entries: list[Source | Node] = []
    sound = True
    for one in cursor.each():
        if one.is_scalar and one.text != SHUFFLED:
            entries.append(one.node)
            continue
        source = _source(one, name)
        sound = sound and source is not None
        entries += [] if source is None else [source]
    if not entries and sound:
        cursor.fault(f"{name} is an empty list", expected=_EXPECTED)
        return None
    return Listed(tuple(entries)) if sound else None


def _choices(cursor: Cursor, name: str) -> Choices | None:
    elements = cursor.elements("choices", "a list of values, such as [0.1, 0.5]")
    if elements is None:
        return None
    if len(elements) < 2:
        cursor.fault(f"{name} has {len(elements)} to choose from", expected="two values or more")
        return None
    return Choices(tuple(one.node for one in elements), all(is_number(one.node) for one in elements))


def _lattice(cursor: Cursor) -> Lattice | None:
    first, last = _needed(cursor, "from"), _needed(cursor, "to")
    step_cursor, decimals_cursor = cursor.get("step"), cursor.get("decimals")
    step = None if step_cursor is None else step_cursor.number("step", above=0)
    decimals = None if decimals_cursor is None else decimals_cursor.integer("decimals", 0, MOST_DECIMALS)
    without = _without(cursor.get("without"))
    if step_cursor is None and decimals_cursor is None:
        cursor.fault("the range has no step", expected="step: 0.1, or decimals: 1, which is the same")
    faulty = (step_cursor is not None and step is None) or (decimals_cursor is not None and decimals is None)
    if first is None or last is None or without is None or faulty or (step is None and decimals is None):
        return None
    by = _exact(step) if step is not None else Fraction(1, 10 ** (decimals or 0))
    start, end = _exact(first), _exact(last)
    if not start < end:
        cursor.fault(f"the range goes from {first} to {last}", expected="from less than to")
        return None
    count = (end - start) // by + 1
    if count < 2:
        cursor.fault(f"the step {step} is wider than the range", expected=f"at most {end - start}")
        return None
    if count > _MOST_OPTIONS:
        cursor.fault(f"the range has {count:,} numbers", expected=f"at most {_MOST_OPTIONS:,}: a wider step")
        return None
    if decimals is None:
        decimals = _decimals([first, *([step] if step is not None else [])])
    elif any((number * 10**decimals).denominator > 1 for number in (start, by)):
        cursor.fault(
            f"from and step need more than {decimals} decimals", expected="more decimals, or a wider step"
        )
        return None
    if count - sum(start <= one <= end and (one - start) % by == 0 for one in without) < 2:
        cursor.fault("without leaves fewer than two numbers", expected="two values or more")
        return None
    return Lattice(start, by, count, decimals, without)


def _needed(cursor: Cursor, key: str) -> Given | None:
    inner = cursor.get(key)
    if inner is None:
        cursor.fault(f"the range has no {key}", expected="{from: -1, to: 1, step: 0.1}")
        return None
    return inner.bare_number(key)


def _without(cursor: Cursor | None) -> frozenset[Fraction] | None:
    """Numbers that are left out: one, or a list."""
    if cursor is None:
        return frozenset()
    found = (cursor.bare_number("without"),) if cursor.is_scalar else cursor.numbers("without")
    if found is None or None in found:
        return None
    return frozenset(_exact(one) for one in found if one is not None)


def _fractions(cursor: Cursor) -> Choices | None:
    """Every fraction between two numbers that has one of these denominators, in lowest terms."""
    if not cursor.mapping(keys_of(FractionsKeys), "fractions"):
        return None
    first, last = _needed(cursor, "from"), _needed(cursor, "to")
    without, inner = _without(cursor.get("without")), cursor.get("denominators")
    if inner is None:
        cursor.fault("fractions has no denominators", expected="denominators: [2, 3, 4]")
        return None
    read = [
        one.integer("a denominator", 1, 1000) for one in inner.elements("denominators", "[2, 3, 4]") or []
    ]
    denominators = [one for one in read if one is not None]
    if first is None or last is None or without is None or len(denominators) < max(1, len(read)):
        return None
    start, end = _exact(first), _exact(last)
    if not start < end:
        cursor.fault(f"the range goes from {first} to {last}", expected="from less than to")
        return None
    found: set[Fraction] = set()
    for denominator in denominators:
        least, most = -((-start * denominator) // 1), (end * denominator) // 1
        if most - least > 100_000:
            cursor.fault("the range has too many fractions", expected="at most 100,000 of one denominator")
            return None
        found |= {
            fraction
            for numerator in range(int(least), int(most) + 1)
            if (fraction := Fraction(numerator, denominator)).denominator == denominator
        }
    found -= without
    if len(found) < 2:
        cursor.fault(f"{len(found)} fractions lie in the range", expected="two or more")
        return None
    return Choices(tuple(Scalar(text=str(one)) for one in sorted(found)), True)


def _exact(given: Given) -> Fraction:
    return Fraction(int(given.rational.p), int(given.rational.q))


def _decimals(numbers: list[Given]) -> int | None:
    """As many decimals as the longest has; None where one of them has no end."""
    wanted = 0
    for given in numbers:
        if "/" in given.text:
            denominator, places = _exact(given).denominator, 0
            while (10**places) % denominator and places < 16:
                places += 1
            if places == 16:
                return None
            wanted = max(wanted, places)
        else:
            mantissa, _, exponent = given.text.lower().partition("e")
            wanted = max(wanted, len(mantissa.partition(".")[2]) - int(exponent or 0))
    return wanted
