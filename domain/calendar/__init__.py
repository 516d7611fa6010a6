"""Members' hours in the calendars that they use anyway."""
