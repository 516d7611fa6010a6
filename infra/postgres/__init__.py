"""An own PostgreSQL for a machine that has none."""
