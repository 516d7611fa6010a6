"""The JSON API, version 1: the same commands and views as the pages, for programs."""
