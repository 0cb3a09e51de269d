"""Where alerts go: one file for each service, and the workers that deliver."""
