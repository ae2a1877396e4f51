"""Every kind of long work there is. A job whose kind is not here waits until a worker knows it."""

from workflows import seasons
from workflows.jobs import Work
from workflows.sittings import signing

WORK: dict[str, Work] = {seasons.KIND: seasons.OPENING, signing.KIND: signing.MOVING}
