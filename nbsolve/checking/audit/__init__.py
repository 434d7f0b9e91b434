"""The audit: reads rendered pages back and recomputes every numeric line."""
