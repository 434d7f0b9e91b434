"""What a problem's author writes: Markdown and mathematics, read into the tree that all outputs are written from.

`reading` makes the tree, `rules` says what of it is not allowed, `links` where it may lead; `myst`, `plain` and
`headings` write it. Typst and LaTeX are written in `nbsolve/render/`.
"""

from __future__ import annotations
