"""Mails about hours: ordered once, worded when they go, and only if they still fit."""
