"""Every kind of long work there is. A job whose kind is not here waits until a worker knows it."""

from workflows import bulk, office_days, recomputing, seasons, verifying
from workflows.exports import keeping
from workflows.jobs import Work
from workflows.repairs import migrating
from workflows.sittings import signing
from workflows.workbooks import accepting, checking, sending

WORK: dict[str, Work] = {
    seasons.KIND: seasons.OPENING,
    signing.KIND: signing.MOVING,
    office_days.KIND: office_days.MOVING,
    migrating.KIND: migrating.BRINGING,
    bulk.KIND: bulk.DECIDING,
    recomputing.KIND: recomputing.COMPUTING,
    keeping.KIND: keeping.WRITING,
    sending.CHECK: checking.CHECKING,
    accepting.ACCEPT: accepting.ACCEPTING,
    verifying.KIND: verifying.VERIFYING,
}
