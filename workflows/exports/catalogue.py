"""Every list the worker can write, by its name."""

from workflows.exports.boards import REVIEW, SEASON
from workflows.exports.declaring import Listed
from workflows.exports.desks import ACTIVITIES, CHARGES, FEASIBILITY, NOTICES, SITTINGS
from workflows.exports.files import AGENDA, FILES, INBOX, LATE
from workflows.exports.registers import LISTED

LISTS: dict[str, Listed] = {
    listed.name: listed
    for listed in (
        FILES, INBOX, LATE, AGENDA, SEASON, REVIEW, SITTINGS, NOTICES, CHARGES, ACTIVITIES, FEASIBILITY, *LISTED.values(),
    )
}  # fmt: skip
