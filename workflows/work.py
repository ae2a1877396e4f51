"""Every kind of long work there is. A job whose kind is not here waits until a worker knows it."""

from workflows.jobs import Work
from workflows.sittings import signing

WORK: dict[str, Work] = {signing.KIND: signing.MOVING}
