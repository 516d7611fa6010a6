"""The inbox and the outbox, and who stands in them for too long."""
