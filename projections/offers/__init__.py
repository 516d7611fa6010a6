"""What is offered: providers, their approvals by date, and their programs."""
