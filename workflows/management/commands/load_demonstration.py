from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.core.management.base import no_translations
from django.db import transaction
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat
from django.utils.text import slugify

from programme.calendar import financial_year, today
from programme.events import replan
from programme.models import Allotment, BudgetHead, Charge, District, Event, Matter, Office, Officer, Posting, State, Target
from programme.samagam import SERIES, load_samagam
from programme.tables import BadRow, Row, read_csv, read_json
from workflows.authority import FOR_ANOTHER
from workflows.demonstration import Story, load_files
from workflows.demonstration.crowd import tell_crowd
from workflows.demonstration.desk import tell_desk
from workflows.demonstration.programme import SOURCE, tell_pictures, tell_programme
from workflows.models import Movement, RepairKind
from workflows.pages.account import UNLISTED
from workflows.postings import derive, join
from workflows.registers.events import EVENTS
from workflows.registers.writing import take_over, written
from workflows.repairs.planning import plan

# The State whose every district has its desks filled, the posts that are, and since how many days.
CROWDED, CROWD, CROWD_SINCE = "UP", ("dm", "dic"), 400
KHERI = 159
FOLDER = settings.BASE_DIR / "fixtures"
CAST = [
    "username",
    "name_en",
    "name_hi",
    "language",
    "state",
    "designation",
    "district_lgd_code",
    "charge",
    "from_day",
    "to_day",
    "order_number",
]


class Command(BaseCommand):
    help = (
        "Load the demonstration: officers by their posts, money in the heads, files at every step. Run load_state first. Safe to run again."
    )

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION and settings.ENVIRONMENT != "test":
            raise CommandError("The demonstration's officers sign in without a password. Set ENVIRONMENT=demonstration to allow that.")
        try:
            # One transaction: half a demonstration would never be completed, and hundreds of commits take seconds.
            with transaction.atomic():
                officers, allotments, events = load_cast() + load_crowd(), load_allotments(), load_events()
                load_targets()
                files = tell(read_stories())
                officers += fill_waiting_desks()
                give_addresses()
                plan_a_repair()
        except BadRow as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{officers} officers, {allotments} allotments of {financial_year(today())}, {files} files and {events} events made."
        )


def tell(stories: list[Story]) -> int:
    """Make the files of the stories, then what is done beside them and the other districts' plans; return how many files were made."""
    files = load_files(stories)
    if files:
        tell_desk()
        tell_crowd(State.objects.get(short=CROWDED), {story.district.pk for story in stories if story.kind == "plan"})
    return files


@transaction.atomic
def load_cast() -> int:
    """Make the officers of the demonstration and post them, counting days from today; return how many were made.

    An officer who is there already is left as he is. Raise ``BadRow``.
    """
    had = set(Officer.objects.values_list("username", flat=True))
    offices = {
        (office.designation.state.short, office.designation.code, str(office.district_id or "")): office
        for office in Office.objects.select_related("designation__state", "district")
    }
    made: dict[str, Officer] = {}
    for row in read_csv(FOLDER, "demonstration.csv", CAST):
        if row["username"] in had:
            continue
        office = row.find("designation", offices, key=(row["state"], row["designation"], row["district_lgd_code"]))
        if row["username"] not in made:
            made[row["username"]] = _officer(row)
        _post(row, made[row["username"]], office, by=made.get("administrator"))
    return len(made)


def _officer(row: Row) -> Officer:
    texts = {column: row[column] for column in ("username", "name_en", "name_hi", "language")}
    officer = Officer(password=make_password(None), **texts)
    row.check(officer)
    officer.save()
    return officer


def _post(row: Row, officer: Officer, office: Office, *, by: Officer | None) -> None:
    try:
        starts_on = today() + timedelta(days=int(row["from_day"]))
        ends_on = today() + timedelta(days=int(row["to_day"])) if row["to_day"] else None
        # Own charges are posted from the machine itself; who stands in or assists was named by somebody.
        by = by if row["charge"] in FOR_ANOTHER else None
        join(officer, office, charge=row["charge"], starts_on=starts_on, ends_on=ends_on, order_number=row["order_number"], by=by)
    except (ValueError, ValidationError) as error:
        raise row.bad(str(error)) from None


@transaction.atomic
def load_crowd() -> int:
    """Put officers behind the desks of every district that the cast leaves empty, so that files everywhere can go on."""
    return _fill(Office.objects.filter(designation__state__short=CROWDED, designation__code__in=CROWD, postings=None))


def plan_a_repair() -> None:
    """Let the State's administrator plan to cancel a loan that was sanctioned and not paid: the second one finds it on the desk."""
    sanctioned = Movement.objects.filter(disposed=None, step="release", case__kind="loan", case__repairs=None).select_related("case")
    if first := sanctioned.order_by("pk").first():
        by = Officer.objects.get(username="administrator")
        plan(first.case, RepairKind.CANCEL, by=by, reason="आवेदक ने आवेदन वापस ले लिया है; मार्जिन मनी निर्गत नहीं हुई है।")


def fill_waiting_desks() -> int:
    """Put officers behind the desks at which a file waits and that nobody holds; return how many."""
    waited_at = Movement.objects.filter(disposed=None).exclude(power="").values("office")
    return _fill(Office.objects.filter(pk__in=waited_at, postings=None))


def give_addresses() -> None:
    """Give everybody a mail address that reaches nobody (RFC 2606), so that the daily mails can be read in the mail folder."""
    Officer.objects.filter(email="").update(email=Concat("username", Value("@karyapravah.example")))


def _fill(empty: QuerySet[Office]) -> int:
    offices = empty.select_related("designation", "district").order_by("district__name_en", "designation__code")
    rows = [(office, f"{office.designation.code}.{slugify(office.district.name_en)}") for office in offices if office.district]
    officers = Officer.objects.bulk_create(
        Officer(username=username, password=make_password(None), language="hi", **office.names()) for office, username in rows
    )
    starts_on = today() - timedelta(days=CROWD_SINCE)
    Posting.objects.bulk_create(
        Posting(officer=officer, office=office, charge=Charge.REGULAR, starts_on=starts_on, order_number=UNLISTED)
        for officer, (office, _username) in zip(officers, rows, strict=True)
    )
    derive()
    return len(officers)


def load_events() -> int:
    """Load the Samagam of 2019 with some matters raised there, one district's days moved since; return how many events were made."""
    made = load_samagam(FOLDER)
    if not made:
        return 0
    events = {event.district_id: event for event in Event.objects.filter(series=SERIES)}
    for row in read_csv(FOLDER, "demonstration_matters.csv", ["district_lgd_code", "kind", "topic", "text_hi"]):
        event = row.find("district_lgd_code", events, key=row.number("district_lgd_code"))
        place = {"state_id": event.state_id, "district": event.district}
        matter = Matter(event=event, kind=row["kind"], topic=row["topic"], text_hi=row["text_hi"], **place)
        row.check(matter)
        matter.save()
    moved, by = events[KHERI], Officer.objects.get(username="odop.cell")
    why, days = "जनपद में बाढ़ राहत कार्य के कारण।", {"starts_on": date(2020, 1, 18), "ends_on": date(2020, 1, 19)}
    take_over([*Event.objects.filter(series=SERIES).order_by("pk"), *Matter.objects.order_by("pk")], FOLDER.name)
    written(EVENTS, moved, "replanned", lambda held: replan(held, reason=why, by=by, **days), by=by, why=why)
    take_over(tell_programme(FOLDER), SOURCE)
    tell_pictures()
    return made


def load_allotments() -> int:
    """Allot the demonstration's money for the financial year of today where nothing is allotted; return how many were made."""
    heads = {(head.state.short, head.code): head for head in BudgetHead.objects.select_related("state")}
    made = 0
    for row in read_csv(FOLDER, "demonstration_allotments.csv", ["state", "head", "allotted"]):
        head = row.find("head", heads, key=(row["state"], row["head"]))
        try:
            allotted = Decimal(row["allotted"])
        except InvalidOperation:
            raise row.bad("allotted is no amount") from None
        _allotment, new = Allotment.objects.get_or_create(head=head, year=financial_year(today()), defaults={"allotted": allotted})
        made += new
    return made


def load_targets() -> int:
    """Set the demonstration's targets for the financial year of today where none is set; return how many were made."""
    states = {state.short: state for state in State.objects.exclude(short="")}
    made = 0
    for row in read_csv(FOLDER, "demonstration_targets.csv", ["state", "district_lgd_code", "scheme", "category", "number"]):
        place = {"state": row.find("state", states), "district_id": row.number("district_lgd_code") if row["district_lgd_code"] else None}
        named = {"year": financial_year(today()), "scheme": row["scheme"], "category": row["category"]}
        row.check(Target(**place, **named, number=row.number("number")))
        _target, new = Target.objects.get_or_create(**place, **named, defaults={"number": row.number("number")})
        made += new
    return made


def read_stories() -> list[Story]:
    """Read the files of the demonstration; raise ``BadRow``."""
    districts = {district.pk: district for district in District.objects.select_related("state")}
    rows = read_json(FOLDER, "demonstration_files.json", ["kind", "district", "opened_days_ago", "at", "told"])
    return [
        Story(
            kind=row["kind"],
            district=row.find("district", districts),
            opened_days_ago=row["opened_days_ago"],
            at=row["at"],
            told=row["told"],
        )
        for row in rows
    ]
