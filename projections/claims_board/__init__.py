"""Claims and payers: what was asked, sent and answered."""
