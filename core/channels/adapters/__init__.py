"""One file for each service, behind one protocol. Each is loaded when the first channel of its type is read."""
