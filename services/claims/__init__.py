"""Commands about payers and claims, and the runs in which claims go out."""
