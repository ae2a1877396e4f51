"""Where files would stop before any comes there, for the administrator and the auditor: by post, with the districts as a list."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from workflows.exports.desks import FEASIBILITY, feasible
from workflows.exports.linking import link
from workflows.flows import FLOWS
from workflows.models import ObstacleKind, Pulse
from workflows.obstacles import Group
from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.problems import SAFE, only


@only(*SAFE)
@for_officers
def feasibility(request: OfficerRequest) -> HttpResponse:
    """Show the obstacles that stand, of all districts or of one, of all processes or of one."""
    looked = feasible(request.user, request.GET)
    places = sum(len(group.places) for group in looked.groups)
    district = looked.district.pk if looked.district else None
    context = {
        "sections": _sections(looked.groups),
        "districts": looked.districts,
        "district": looked.district,
        "get_list": link(FEASIBILITY, places, district=district, process=looked.process),
        "processes": FLOWS.values(),
        "process": looked.process,
        "checked": Pulse.objects.filter(name="check_obstacles").values_list("at", flat=True).first(),
    }
    return show(request, "feasibility.html", context, tab="feasibility")


def _sections(groups: list[Group]) -> list[tuple[str, str, list[Group]]]:
    """Return the kinds that stand, each with what it means; what the clock closes stands last."""
    said: dict[Any, str] = {
        ObstacleKind.VACANT: _("Files that come to these steps wait until somebody is posted."),
        ObstacleKind.ENDING: _("The last posting ends within 14 days and nobody follows."),
        ObstacleKind.NONE: _("A file cannot be sent to these steps at all."),
        ObstacleKind.SEVERAL: _("A file cannot be sent to these steps: one office has to hold the power, not several."),
        ObstacleKind.LADDER: _("The delegation in force names a post that is not there or lacks the power."),
        ObstacleKind.CONFLICT: _("Whoever holds the post has to act on the same files before, and may then not take these steps."),
    }
    found = [(str(kind.label), text, [g for g in groups if g.kind == kind and g.stops]) for kind, text in said.items()]
    silent = [group for group in groups if not group.stops]
    found.append(
        (_("Closed by the clock"), _("Nobody holds these posts; files wait out the time given and go on without their word."), silent)
    )
    return [section for section in found if section[2]]
