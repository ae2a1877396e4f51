"""Every kind of long work there is. A job whose kind is not here waits until a worker knows it."""

from workflows import seasons
from workflows.jobs import Work

WORK: dict[str, Work] = {seasons.KIND: seasons.OPENING}
