"""One run of a session: who begins it, what it goes through, where it works, how it ends, and who mends it."""
