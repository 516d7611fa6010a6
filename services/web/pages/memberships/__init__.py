"""Pages of dues: a membership, its money, scholarships, funds and gift months."""
