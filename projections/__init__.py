"""What people see: disposable views built from events, a folder per question."""
