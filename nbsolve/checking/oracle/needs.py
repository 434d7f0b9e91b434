"""What needs what: an order in which everything comes after what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping


def sorted_by_needs(needs: Mapping[str, list[str]]) -> Iterator[str]:
    """The keys, each after those that it needs; in their own order where they do not need one that follows."""
    done: set[str] = set()
    for first in needs:
        ahead, open_ = [first], list[str]()
        while ahead:
            name = ahead[-1]
            missing = [one for one in needs[name] if one in needs and one not in done]
            if name in done or not missing:
                if name not in done:
                    yield name
                    done.add(name)
                ahead.pop()
                open_ = [one for one in open_ if one != name]
            elif name in open_:
                raise ValueError(f"{name} is computed from itself")
            else:
                open_.append(name)
                ahead += reversed(missing)
