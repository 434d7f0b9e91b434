"""Independent oracles: they share no code with nbsolve, and judge what it computes."""
