"""Commands about payers' accounts, paying once, paying back, and the desk that looks after it."""
