"""A sign-in lasts half an hour without a click and eight hours at most, and its pages are kept in no cache."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse

from workflows.sign_ins import SEEN, SINCE, let_go


def bounded(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        let_go()
        session, now = request.session, int(time.time())
        if SESSION_KEY in session:
            if now - session.get(SINCE, now) >= settings.SESSION_LONGEST:
                session.flush()
            elif settings.SESSION_COOKIE_AGE - (now - session.get(SEEN, 0)) < settings.SESSION_RENEW_BELOW:
                session[SEEN] = now
        response = get_response(request)
        let_go()
        if SESSION_KEY in session:
            response.headers.setdefault("Cache-Control", "no-store")
            if SINCE not in session:
                session[SINCE] = session[SEEN] = now
        return response

    return answer
