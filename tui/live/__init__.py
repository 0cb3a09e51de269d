"""The app's pictures of what the server has: each asks, hears what changed, and asks again for just that."""
