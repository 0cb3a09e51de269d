"""What drives an agent program: the command line of a known one, any script, or the Agent Client Protocol."""
