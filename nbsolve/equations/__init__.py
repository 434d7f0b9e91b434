"""Computation graphs: the equations of a problem as a graph of single quantities, its passes, its names."""
