"""The public face of a solved problem, a file for each kind of problem, and what its notebook shows."""
