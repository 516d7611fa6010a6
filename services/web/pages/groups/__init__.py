"""Pages of a group: who belongs, when it meets, its series."""
