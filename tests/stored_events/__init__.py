"""Every shape ever stored, as it stood in the log; files here are added, never changed."""
