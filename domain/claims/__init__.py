"""What payers are asked for, what they answer, and what they read."""
