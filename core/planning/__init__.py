"""Tickets and missions, their quality gates and their deadlines."""
