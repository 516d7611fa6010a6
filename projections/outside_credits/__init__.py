"""What members say they earned elsewhere, with what they said before and why they changed it."""
