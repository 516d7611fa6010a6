"""What is kept about the exchange with the payment service: keys allowed, orders, differences."""
