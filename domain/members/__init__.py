"""Who takes part: members, their licences and names, and who looks after the house."""
