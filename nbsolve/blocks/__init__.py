"""Kinds of layers, a file each: the arrays and the nodes that one adds to the graph of a network."""
