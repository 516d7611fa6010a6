"""Pages of a practice: its seats, those who look after them, its money."""
