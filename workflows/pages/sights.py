"""What the file page showed, signed and carried by the page itself; and the page that shows it again, whatever has changed since."""

import json
import zlib
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from programme.checks import Check
from programme.models import Officer
from workflows import snapshots
from workflows.history import paragraph_of
from workflows.models import Case, Enclosure, Movement, Noting, Objection
from workflows.pages import problems
from workflows.pages.frame import OfficerRequest, for_officers, readable_case, show
from workflows.pages.problems import SAFE, only
from workflows.record.canonical import sha256_of

# Longer than what any file of ours shows; a page so long says nothing, and the act itself looks at the file.
LARGEST = 200_000
SALT = "what the page showed"
FIELD = "shown"
PACKED = 3


def carried(
    officer: Officer, waiting: Movement, *, ends: bool, checks: list[Check], raised: list[tuple[str, Objection]], papers: list[Enclosure]
) -> str:
    """Return what the page of a file shows to whoever signs something there, signed for the page to carry; bound to officer and file.

    ``waiting`` is the stay at which the file is; ``ends`` says that the officer may end it.
    """
    document = snapshots.of(
        waiting.case,
        waiting.node,
        page=snapshots.FILE_PAGE,
        stay=waiting if ends else None,
        checks=checks,
        objections=[objection for _label, objection in raised],
        whereto=True,
    )
    shown = document | {"papers": snapshots.listed(vars(paper) for paper in papers)}
    blob = _signed({"who": officer.pk, "document": shown})
    return blob if len(blob) <= LARGEST else ""


def _signed(held: dict[str, Any]) -> str:
    """Return what ``signing.loads`` reads again; ``signing.dumps`` would pack it a fifth smaller in four times the time."""
    packed = zlib.compress(signing.JSONSerializer().dumps(held), PACKED)
    return signing.TimestampSigner(salt=SALT).sign(f".{signing.b64_encode(packed).decode()}")


def brought(request: OfficerRequest, case: Case, *, seen: str = "", since: int = 0) -> dict[str, Any] | None:
    """Return what the page that was sent had shown; ``None`` where it says nothing that we signed for this officer and file.

    ``seen`` is the head at which the file must have stood on the page, where the act asks for one; ``since`` a paragraph it must have had.
    """
    blob = request.POST.get(FIELD, "")
    if not blob or len(blob) > LARGEST:
        return None
    try:
        held = signing.loads(blob, salt=SALT, max_age=settings.SESSION_LONGEST)
    except signing.BadSignature:
        return None
    document: dict[str, Any] = held["document"]
    of_this_file = (held["who"], document["file"]) == (request.user.pk, case.number)
    return document if of_this_file and seen in ("", document["head"]) and document["paragraphs"] >= since else None


@only(*SAFE)
@for_officers
def seen(request: OfficerRequest, pk: int, paragraph: int) -> HttpResponse:
    """Show what the officer had before him when he signed a paragraph, from what was kept then alone; 404 where nothing was kept."""
    case = readable_case(request, pk)
    noting = Noting.objects.select_related("snapshot").filter(case=case, paragraph=paragraph).first()
    snapshot = getattr(noting, "snapshot", None)
    if noting is None or snapshot is None:
        raise Http404
    body = json.loads(noting.body)
    try:
        document = snapshots.read(snapshot)
    except snapshots.Unreadable:
        text = _("It was changed behind the record; “Verify this file” says what no longer agrees.")
        return problems.page(request, 409, _("What was kept here can no longer be read"), text)
    language = "hi" if (get_language() or "hi").startswith("hi") else "en"
    context = {
        "case": case,
        "signed": paragraph_of(case, noting),
        "document": document,
        "said": document["said"].get(language) or document["said"][document["language"]],
        "said_in": language if language in document["said"] else document["language"],
        "paragraph": paragraph,
        "digest": body.get("shown", ""),
        "agrees": sha256_of(snapshot.body) == body.get("shown"),
        "erased": snapshot.erased_at,
    }
    return show(request, "seen.html", context, tab="files")
