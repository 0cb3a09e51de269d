"""A client of the Agent Client Protocol: JSON-RPC in lines over an agent's standard streams."""
