"""What is being written: its fields, what is wrong with them, and what the server is asked in the end."""
