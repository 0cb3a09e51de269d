"""What the server says, in words and signs. A sign is never without its word."""
