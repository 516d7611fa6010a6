"""What somebody may do, why, and from when to when."""
