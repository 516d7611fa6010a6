"""What somebody's access comes from, kept and read."""
