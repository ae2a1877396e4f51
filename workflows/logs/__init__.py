"""The record as a log of events: for process mining outside, for conformance and for the picture of a process."""
