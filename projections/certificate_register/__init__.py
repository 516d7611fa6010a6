"""Every certificate: what it states, and whether it stands."""
