"""Every kind of long work there is. A job whose kind is not here waits until a worker knows it."""

from workflows.jobs import Work

WORK: dict[str, Work] = {}
