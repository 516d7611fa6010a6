"""Taking part and what carries it: dues, seats, scholarships and their funds, gift months."""
