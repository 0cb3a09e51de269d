"""Who is connected, what they may do, and the keys that speak for them."""
