"""Commands about members, their leave, and their being forgotten."""
