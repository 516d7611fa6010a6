"""Reading and leaving words in a group's corridor, between meetings."""
