"""Commands about certificates: issued, sealed, replaced, revoked, checked."""
