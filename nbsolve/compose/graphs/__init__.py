"""Pages of computation graphs: their statement, both passes, letters, the check."""
