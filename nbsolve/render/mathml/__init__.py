"""Mathematics as MathML, for pages that need no script."""
