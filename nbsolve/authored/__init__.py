r"""What authors write: mathematics in LaTeX, between dollar signs.

`dollars` says what in a text is mathematics, `rewriting` gives LaTeX one spelling and refuses what some output
cannot show, `reading` has it read into a tree, `linear` writes the tree in one line of text. Typst is written from
the same tree in `render/`.
"""
