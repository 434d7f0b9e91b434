"""Curves over two axes: functions, losses, boundaries, heat maps, and matplotlib's axes."""
