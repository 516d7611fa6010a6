"""Truth on asyncpg: mapping events to rows, appending in group commits, reading in order."""
