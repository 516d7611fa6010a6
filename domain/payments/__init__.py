"""The payment service as the house needs it; nothing here knows which one it is."""
