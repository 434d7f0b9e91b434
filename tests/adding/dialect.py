"""A format of mathematics that nbsolve does not have, as somebody would add it: a dialect, and nothing else."""

from __future__ import annotations

from nbsolve.notation import Names
from nbsolve.render.dialect import Dialect


def calls(names: Names) -> Dialect:
    """Formulae as a programming language writes them."""
    return Dialect(
        atom=names.plain,
        number=lambda text: text,
        variable=lambda name: name,
        fraction=lambda above, below: f"{above}/{below}",
        fraction_is_atom=False,
        power=lambda base, exponent: f"pow({base}, {exponent})",
        root=lambda inner: f"sqrt({inner})",
        parentheses=lambda inner: f"({inner})",
        brackets=lambda inner: f"({inner})",
        call=lambda name, arguments, primes: f"{'d' * primes}{name}({', '.join(arguments)})",
        exponential=lambda inner: f"exp({inner})",
        logarithm=lambda base, inner: f"log({inner}, {base})",
        absolute=lambda inner: f"abs({inner})",
        norm=lambda inner: f"norm({inner})",
        matrix=lambda rows: f"[{', '.join('[' + ', '.join(row) + ']' for row in rows)}]",
        cases=lambda rows: f"cases({', '.join(f'{value} if {condition}' for value, condition in rows)})",
        brace=lambda body, words: body,
        reference=lambda body, number: body,
        note=lambda phrase, atoms: "",
        relations={sign: sign for sign in ("=", "≈", "<", ">", "≤", "≥", "≠")},
        minus="-",
        dot="*",
        juxtaposed="*",
        hadamard="⊙",
        transpose="T",
        pi="pi",
        all_of="sum",
        subscript=lambda letter, index: f"{letter}_{index}",
        bold=lambda letter: letter,
        indexed_sum=lambda index, first, last: f"sum_{index}_{first}_{last}",
        indexed_extreme=lambda name, index, first, last: f"{name}_{index}_{first}_{last}",
        derivative=lambda above, below, partial: f"d{above}/d{below}",
        remainder=lambda inner: f"O({inner})",
        indicator=lambda condition: f"int({condition})",
    )
