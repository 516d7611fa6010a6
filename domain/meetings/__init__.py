"""One hour: who was expected, who was there, what shows it, and how it is set right."""
