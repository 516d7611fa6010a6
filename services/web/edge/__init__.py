"""What a request passes before a page or program answers it, and what goes back when one cannot."""
