"""Pages of units that learn by a rule: their statement, epochs, boundaries, answers."""
