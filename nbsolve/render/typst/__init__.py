"""Documents in Typst, for handouts: blocks, mathematics, tables, pictures, and the compiler."""
