"""How papers look and what they say: certificates, evidence packs, payment confirmations."""
