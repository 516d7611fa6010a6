"""What an hour was worth to one member under each rule, and what they earned elsewhere."""
