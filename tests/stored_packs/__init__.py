"""Released packs: a text that awards were made by never changes under its number."""
