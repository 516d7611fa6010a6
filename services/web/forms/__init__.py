"""What people type and ask for: read, refused beside the field, ordered once."""
