"""Who is expected at a meeting, who is here, and what is still to be settled."""
