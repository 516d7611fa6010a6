"""Pages: one controller a subject, each turning a request into a command or a view model."""
