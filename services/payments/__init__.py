"""What the house does about payments: looks, orders, messages, reconciliation."""
