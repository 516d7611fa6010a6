"""Certificates: what stands on them, what became of them, and how anybody checks them."""
