"""The events: their catalogue, how they are recorded, and how listeners are told."""
