"""Who carries others: practices with their managers, gifts with their givers, funds."""
