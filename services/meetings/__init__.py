"""Commands about meetings, their doors, and what meeting tools tell about them."""
