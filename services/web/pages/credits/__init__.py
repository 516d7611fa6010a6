"""Pages of what hours are worth: credits, renewals, certificates, evidence."""
