"""Pages of a meeting: before it, in it, and setting it right afterwards."""
