"""Renderers: one visitor over blocks for each format."""
