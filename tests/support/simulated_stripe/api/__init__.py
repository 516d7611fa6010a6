"""The API's calls: what each does with converted parameters, and how answers are shaped."""
