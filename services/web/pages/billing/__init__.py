"""Pages of the administrator's desk for money."""
