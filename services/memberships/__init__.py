"""Commands about dues, seats, scholarships and gift months, and the letters about them."""
