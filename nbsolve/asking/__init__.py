"""What is asked of a solution: which quantities are meant, their values and digits, as numbers, letters, JSON."""
