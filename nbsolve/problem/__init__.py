"""The problem file: reading, normalising, validating."""
