"""What a page says of the products of the Jacobian with given vectors, J v and uᵀ J."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbsolve.checking.audit.evaluate import Evaluator, Vector
from nbsolve.checking.audit.found import Found
from nbsolve.checking.audit.parser import parse
from nbsolve.checking.audit.tree import Sym
from nbsolve.checking.audit.wholes import Wholes
from nbsolve.checking.audit.words import Place, Words
from nbsolve.checking.oracle.numbers import Number, big


class Products(Words):
    """Which vector is which, and what its product with the Jacobian is called."""

    def without_vectors(self, words: str, out: Found) -> str:
        """The words of what is asked without the letters of the vectors."""
        asked = r"the product of the (transposed )?Jacobian with the vector (\$[^$]*\$)"
        for turned, letter in re.findall(asked, words):
            if self._letter(letter) != f"vector {'u' if turned else 'v'}":
                out.faults.append(f"multiplied by {letter}")
        return re.sub(r"(with the vector) \$[^$]*\$", r"\1", words)

    def direction(self, place: Place, out: Found, letter: str, product: str, again: str) -> None:
        """What J v is."""
        self._product(("v", "Jv"), (letter, again), product, place, out)

    def combination(
        self, place: Place, out: Found, letter: str, product: str, again: str, start: str
    ) -> None:
        """What uᵀ J is."""
        self._product(("u", "uJ"), (letter, again, start), product, place, out)

    def _product(
        self, names: tuple[str, str], letters: Sequence[str], product: str, place: Place, out: Found
    ) -> None:
        """The letters, and the formula of the product entry by entry."""
        vector, found = names
        if {self._letter(letter) for letter in letters} != {f"vector {vector}"}:
            out.faults.append(f"multiplied by {letters}")
        target, _, formula = product.strip("$").partition("=")
        if self._letter(f"${target.strip()}$") != f"vector {found}":
            out.faults.append(f"{target} is no name of the product")
            return
        t = place.context.iteration
        batch = self.spec.batch_of(t)
        mark = f"@{batch[0] + 1}" if len(batch) > 1 else ""

        def value(name: str) -> Number | Vector:
            marked = name if name.startswith(f"{vector}[") else name.replace("/", f"{mark}/") + mark
            return self.world.value(marked, t, carried=False)

        node = parse(formula, self.world.symbols)
        for entry, (said,) in Wholes(self.world).entries(Sym(f"vector {found}"), [node]):
            wanted = value(entry.name)
            assert not isinstance(wanted, Vector)
            if abs(float(big(Evaluator(value)(said) - wanted))) > 1e-40:
                out.faults.append(f"{entry.name} is not {product}")
