"""Commands about peer groups: who belongs, when they meet, what becomes of places left."""
