"""Each request: a number, a line in the log, its time in the figures, a largest size."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse

from project import metrics
from project.logs import REQUEST

logger = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]
# As proxies write it: hexadecimal, with or without the dashes of a UUID. Nothing that could be a name or a number of a person.
NUMBER = re.compile(r"[0-9a-f-]{16,36}", re.IGNORECASE)


def number_of(request: HttpRequest) -> str:
    """Return the number the proxy gave the request, so that both logs can be read side by side; a new one where there is none."""
    given = request.headers.get("X-Request-Id", "") if settings.BEHIND_TLS_PROXY else ""
    return given if NUMBER.fullmatch(given) else uuid.uuid4().hex[:16]


def one_line_each(get_response: Answer) -> Answer:
    """Log who (by id) asked for what (by route and ids) and how it went; never the query, which may hold words."""

    def answer(request: HttpRequest) -> HttpResponse:
        began, number = time.monotonic(), number_of(request)
        mark = REQUEST.set(number)
        try:
            response = get_response(request)
            response.headers["X-Request-Id"] = number
            told(request, response, time.monotonic() - began)
        finally:
            REQUEST.reset(mark)
        return response

    def told(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
        session, match = getattr(request, "session", None), request.resolver_match
        route = match.view_name if match else ""
        facts = {
            "method": request.method,
            "route": route,
            "ids": {name: str(value) for name, value in match.kwargs.items()} if match else {},
            "status": response.status_code,
            # A program calls in the name of its token's officer.
            "officer": getattr(request, "called_by", None)
            or (session.get(SESSION_KEY) if session is not None and session.accessed else None),
            "ms": round(seconds * 1000, 1),
        }
        logger.info("request", extra={"facts": facts})
        metrics.count(route, response.status_code, seconds)

    return answer


def not_too_large(get_response: Answer) -> Answer:
    """Refuse a body above ``settings.REQUEST_LARGEST`` bytes with ``RequestDataTooBig`` before any of it is read.

    A length that is no number is refused with ``BadRequest``.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()):
            raise BadRequest
        if int(length) > settings.REQUEST_LARGEST:
            raise RequestDataTooBig
        return get_response(request)

    return answer
