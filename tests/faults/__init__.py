"""Background work under faults: real workers and beats are killed, doubled, stopped and flushed, and nothing may be lost or doubled."""
