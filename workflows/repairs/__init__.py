"""The repair desk: what a programme administrator may do with a file that stands wrongly, planned before it is done."""
