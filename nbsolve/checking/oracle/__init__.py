"""The quantities of a problem from its YAML text, by automatic differentiation and at 60 digits."""
