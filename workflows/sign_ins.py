"""Sessions that know whose they are: an officer can list and end his own, and they end when his charge does."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from programme.asking import Asked, Given
from programme.models import Officer
from workflows import marks
from workflows.models import SignIn

SINCE, SEEN, ADDRESS, BROWSER = "signed_in_at", "seen_at", "address", "browser"
# The first word of each that a browser names itself by, the ones that also carry another's name first.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "Chrom": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS", "Linux": "Linux"}


# Whose session this thread has just read, until he is asked for.
_read: ContextVar[Officer | None] = ContextVar("read", default=None)


_WITH_OFFICER = Asked(
    lambda: SignIn.objects.select_related("officer").annotate(mark=marks.column()).filter(pk=Given("key"), expire_date__gt=Given("now"))
)


class SessionStore(DatabaseStore):
    """Django's database store, with the officer of the session beside it.

    Both are read in one statement, and the mark of the set-up with them; ``mark`` is ``None`` where no session was found.
    """

    mark: int | None = None

    def _get_session_from_db(self) -> SignIn | None:
        row: Any = next(iter(_WITH_OFFICER(key=self.session_key, now=timezone.now())), None)
        if row is None:
            self._session_key = None
        self.mark = row.mark if row else None
        _read.set(row.officer if row else None)
        return row

    @classmethod
    def get_model_class(cls) -> type[SignIn]:
        return SignIn

    def create_model_instance(self, data: dict[str, Any]) -> SignIn:
        row: Any = super().create_model_instance(data)
        row.officer_id = data.get(SESSION_KEY)
        row.begun_at, row.seen_at = _moment(data.get(SINCE)), _moment(data.get(SEEN))
        row.address, row.browser = data.get(ADDRESS), data.get(BROWSER, "")
        return row


class ReadWithSession(ModelBackend):
    """Django's own backend, which does not ask again for the officer who was read with his session just now."""

    def get_user(self, user_id: int) -> Officer | None:
        officer = _read.get()
        _read.set(None)
        if officer is None or officer.pk != user_id:
            return super().get_user(user_id)
        return officer if self.user_can_authenticate(officer) else None


def let_go() -> None:
    """Forget the officer who was read with a session; every request begins and ends with it."""
    _read.set(None)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def browser_of(user_agent: str) -> str:
    """Return browser and system in two words, which is all that is kept of how a browser describes itself."""
    named = [next((said for word, said in names.items() if word in user_agent), "") for names in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in named if name)


@dataclass(frozen=True)
class Place:
    """Where an officer is signed in; ``handle`` names it on a page without giving its key away."""

    handle: str
    row: SignIn
    here: bool


def places_of(officer: Officer, here: str | None) -> list[Place]:
    """Return where the officer is signed in now, the latest first; ``here`` is the key of the session that asks."""
    found = [Place(_handle(row.session_key), row, row.session_key == here) for row in _live(officer)]
    return sorted(found, key=lambda place: (place.here, place.row.seen_at or place.row.expire_date), reverse=True)


def _live(officer: Officer) -> list[SignIn]:
    """Return the sessions that still open; one begun under an earlier password opens nothing."""
    rows = SignIn.objects.filter(officer=officer, expire_date__gt=timezone.now())
    store, now = SessionStore(), officer.get_session_auth_hash()
    return [row for row in rows if constant_time_compare(store.decode(row.session_data).get(HASH_SESSION_KEY, ""), now)]


def _handle(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:32]


def end(officer: Officer, handle: str) -> bool:
    """End one sign-in of the officer; return ``False`` when he has none of that handle."""
    keys = [key for key in SignIn.objects.filter(officer=officer).values_list("pk", flat=True) if _handle(key) == handle]
    return bool(SignIn.objects.filter(pk__in=keys).delete()[0])


def end_all(officer: Officer, *, but: str | None = None) -> int:
    """End every sign-in of the officer but the one whose key is ``but``; return how many there were."""
    return SignIn.objects.filter(officer=officer).exclude(pk=but or "").delete()[0]


def forget_ended() -> None:
    """Delete the rows of sign-ins whose time is over."""
    SignIn.objects.filter(expire_date__lte=timezone.now()).delete()
