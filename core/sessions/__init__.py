"""Sessions: turns of real processes under supervision, and what comes before and after them."""
