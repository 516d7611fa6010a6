"""What Stripe's API looks like, read out of the installed SDK: all of it follows the pin.

``routes`` and ``parameters`` decide which requests Stripe would take; ``shapes`` fills an answer up
to the whole shape of its object; ``judge`` says what is wrong with an answer, by its own reading.
"""
