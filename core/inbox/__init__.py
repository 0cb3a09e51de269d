"""Who is told of an event, in which words, and for how long it is kept."""
