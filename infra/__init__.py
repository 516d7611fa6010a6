"""What the system talks to: the event store, files, papers, mail, keys, settings."""
