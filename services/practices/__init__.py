"""Commands about a practice's seats, and how its membership begins."""
