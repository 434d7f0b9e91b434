"""The passes over the graph of a network, as steps: forward, backward, updates."""
