"""How fast and how large: each measurement in a process of its own, with nothing else in it."""
