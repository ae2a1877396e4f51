"""The interface for programs: reads what the officer reads on his pages, by the same queries, and writes nothing."""
