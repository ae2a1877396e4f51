"""Lists written by the worker, for tests."""

from django.http import QueryDict

from tests.files import officer
from workflows import jobs
from workflows.exports import keeping
from workflows.exports.catalogue import LISTS
from workflows.exports.declaring import Asked
from workflows.models import WrittenList
from workflows.work import WORK


def asked_list(by: str, name: str = "files", form: str = "csv", query: str = "", key: str = "1") -> WrittenList:
    """Ask for a list as an officer does at its page."""
    return keeping.ask(LISTS[name], Asked(officer(by), QueryDict(query)), form, key=key)


def a_written_list(by: str, **told: str) -> WrittenList:
    """Let the worker write a list; return it as it stands then."""
    written = asked_list(by, **told)
    jobs.run(WORK)
    written.refresh_from_db()
    return written
