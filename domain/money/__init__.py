"""What happened with money: whose account it is, every fact once, and what was done about it."""
