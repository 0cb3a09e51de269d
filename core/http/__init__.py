"""The two doors: one thin file of routes per area, authentication, the live stream, OpenAPI."""
