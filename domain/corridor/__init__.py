"""The corridor: where a group's peers leave each other a word between meetings, until it fades."""
