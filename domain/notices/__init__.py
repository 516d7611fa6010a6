"""What members are told by mail about their hours, as far as they wish it."""
