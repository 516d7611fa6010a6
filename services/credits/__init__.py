"""Judging hours, judging them again, and where they lead until each renewal."""
