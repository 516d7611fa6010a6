"""What people read where the record holds a name, an amount, a time or a number."""
