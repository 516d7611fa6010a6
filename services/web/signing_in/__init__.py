"""Who somebody is: the link that lets them in, and the sign-in that it leaves."""
