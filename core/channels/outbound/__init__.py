"""Every connection that a channel makes: where it may go, how it gets there, and what of the answer is kept."""
