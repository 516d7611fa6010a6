"""When certificates were looked at; never by whom."""
