"""The simulation on the wire: the API's door, pages, webhooks, chaos, and the controls of tests."""
