from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.db import transaction

from programme.calendar import today
from programme.models import Charge, Office, Officer, Posting
from programme.powers import Power
from workflows.postings import join

# Password, second factor and post of whoever sanctions come from two administrators (decision 0039); neither can post the other.
AT_FIRST = 2


class Command(BaseCommand):
    help = "Post the first two administrators of a State, one a call, who let everybody else in on the set-up pages. Asks for the password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--state", required=True, metavar="SHORT", help="UP, for example")
        parser.add_argument("--name", required=True, help="his name in English; in Hindi he enters it himself")
        parser.add_argument("--order", default="", help="number of the order that posts him")

    @no_translations
    def handle(self, *, username: str, state: str, name: str, order: str, **_options: object) -> None:
        offices = Office.objects.select_related("designation").filter(designation__state__short=state).order_by("pk")
        office = next((office for office in offices if Power.ADMINISTER in office.designation.powers), None)
        if office is None:
            raise CommandError(f"No post of {state} administers; run setup and load_state first.")
        held = Posting.objects.filter(office=office).count()
        if held >= AT_FIRST:
            raise CommandError("Two have held the post: its administrators let others in.")
        officer = Officer(username=username, name_en=name, name_hi=name)
        password = getpass("Password: ")
        try:
            validate_password(password, officer)
            officer.set_password(password)
            officer.full_clean()
            with transaction.atomic():
                officer.save()
                charge = Charge.ADDITIONAL if held else Charge.REGULAR
                join(officer, office, charge=charge, starts_on=today(), order_number=order, by=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{name} holds {office.name}. At the first sign-in a second factor is set up.")
