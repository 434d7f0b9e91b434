"""A stranger's problem file: what it may hold, and what is shown of it."""
