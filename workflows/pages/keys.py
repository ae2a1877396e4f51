"""How to go from the inbox to a signed decision without a mouse."""

from django.http import HttpResponse

from workflows.pages.frame import OfficerRequest, for_officers, show
from workflows.pages.problems import SAFE, only


@only(*SAFE)
@for_officers
def keys(request: OfficerRequest) -> HttpResponse:
    return show(request, "keys.html")
