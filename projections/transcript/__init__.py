"""What a member was credited, with the arithmetic, and what waits for what."""
