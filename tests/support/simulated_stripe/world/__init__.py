"""What the simulated account holds: objects, their history as events, and its time."""
