"""What happened, in order, without anybody's personal values."""
