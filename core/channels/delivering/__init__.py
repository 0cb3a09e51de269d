"""What waits becomes attempts, and attempts come to an end: a worker for each channel, at its own pace."""
