"""Where memberships stand, what is asked for, who pays, and what happened with their money."""
