"""Process managers: pure functions from an event to the commands it calls for."""
