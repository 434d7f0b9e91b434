"""Layer kinds: forward steps, and backward steps given the upstream gradient."""
