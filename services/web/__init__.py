"""The web: pages for people, a JSON API for programs, and the edge both stand behind."""
