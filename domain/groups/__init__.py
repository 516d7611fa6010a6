"""Peer groups: what they promised, when they meet, and which meetings belong together."""
