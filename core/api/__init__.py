"""The shapes that cross the wire, and the calls a client can make: shared by the server and its clients."""
