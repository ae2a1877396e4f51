"""Each request: a number, a line in the log, a largest size."""

import logging
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)
Answer = Callable[[HttpRequest], HttpResponse]


def one_line_each(get_response: Answer) -> Answer:
    """Log who (by id) asked for what (by route and ids) and how it went; never the query, which may hold words."""

    def answer(request: HttpRequest) -> HttpResponse:
        began, number = time.monotonic(), uuid.uuid4().hex[:16]
        response = get_response(request)
        response.headers["X-Request-Id"] = number
        session, match = getattr(request, "session", None), request.resolver_match
        facts = {
            "request": number,
            "method": request.method,
            "route": match.view_name if match else "",
            "ids": {name: str(value) for name, value in match.kwargs.items()} if match else {},
            "status": response.status_code,
            # A program calls in the name of its token's officer.
            "officer": getattr(request, "called_by", None)
            or (session.get(SESSION_KEY) if session is not None and session.accessed else None),
            "ms": round((time.monotonic() - began) * 1000, 1),
        }
        logger.info("request", extra={"facts": facts})
        return response

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
