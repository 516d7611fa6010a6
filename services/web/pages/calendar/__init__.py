"""Pages of a member's calendar: the address of their own, and what a program reads there."""
