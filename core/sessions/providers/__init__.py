"""What drives agent programs: from a turn to a process and back to what came of it."""
