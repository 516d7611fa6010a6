"""Which groups there are, who belongs to them, and when they meet."""
