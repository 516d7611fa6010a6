"""Whose account an id of the payment service is about, and which refunds wait for a second one."""
