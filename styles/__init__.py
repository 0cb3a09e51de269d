"""The style sheets of the app."""
