"""What Stripe Billing does with money and time, as far as a membership needs it."""
