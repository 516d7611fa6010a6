"""Files for payers: the reimbursement package, the base of every other format."""
