"""What can happen, and what may not: aggregates, events, values, rules. No I/O, no clock."""
