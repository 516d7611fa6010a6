"""Putting evidence packs together from what stands."""
