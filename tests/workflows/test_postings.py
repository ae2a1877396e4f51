"""Grants follow postings, and nothing else gives a power."""

from datetime import datetime, time, timedelta
from io import StringIO
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models.deletion import ProtectedError
from django.utils import timezone
from guardian.shortcuts import assign_perm
from hypothesis import given
from hypothesis import strategies as st

from programme.calendar import today
from programme.models import Charge, Officer, Posting
from programme.powers import Power
from programme.zone import IST
from tests.files import a_file, office, officer, waiting
from workflows import authority, inbox, sight
from workflows.authority import Refusal
from workflows.postings import derive, expire, join, relieve, transfer

pytestmark = pytest.mark.django_db
YESTERDAY = -1


def day(offset: int):
    return today() + timedelta(days=offset)


def afresh(person: Officer) -> Officer:
    """Return the officer as his next request reads him."""
    return Officer.objects.get(pk=person.pk)


def newcomer(username: str = "newcomer") -> Officer:
    return Officer.objects.create(username=username, name_en="Newcomer", password="!")


def test_joining_gives_the_powers_of_the_office_and_relieving_takes_them():
    person, cell = newcomer(), office("odop_cell")
    assert not authority.may(person, Power.SCRUTINISE_EXHIBITION, cell)
    posting = join(person, cell, charge="additional", starts_on=day(-2), by=None)
    assert authority.check(person, Power.SCRUTINISE_EXHIBITION, cell) == posting
    assert not authority.may(person, Power.APPROVE_EXHIBITION, cell)
    relieve(posting, on=day(YESTERDAY), by=None)
    assert not authority.may(person, Power.SCRUTINISE_EXHIBITION, cell)


def test_a_transfer_relieves_the_old_charge_the_day_before():
    dm = officer("dm.lucknow")
    old = Posting.objects.get(officer=dm, charge=Charge.REGULAR)
    Posting.objects.filter(office=office("dm", "Kannauj")).delete()
    new = transfer(dm, office("dm", "Kannauj"), on=day(0), by=None)
    old.refresh_from_db()
    assert (old.ends_on, new.starts_on) == (day(YESTERDAY), day(0))
    assert authority.may(dm, Power.PROPOSE_EXHIBITION, office("dm", "Kannauj"))
    assert not authority.may(dm, Power.PROPOSE_EXHIBITION, office("dm", "Lucknow"))


@given(start=st.integers(-400, 400), length=st.integers(0, 200))
def test_the_database_refuses_overlapping_regular_postings_of_one_office(start, length):
    with transaction.atomic():
        place, first, second = office("dm", "Kannauj"), newcomer("first"), newcomer("second")
        Posting.objects.create(officer=first, office=place, starts_on=day(0), ends_on=day(100))
        overlaps = start <= 100 and start + length >= 0
        try:
            with transaction.atomic():
                Posting.objects.create(officer=second, office=place, starts_on=day(start), ends_on=day(start + length))
            refused = False
        except IntegrityError:
            refused = True
        transaction.set_rollback(True)
    assert refused == overlaps


def test_an_overlap_is_refused_with_a_sentence_and_additional_charge_is_not():
    person = newcomer()
    with pytest.raises(ValidationError, match=r".+"):
        join(person, office("dm", "Agra"), starts_on=day(0), by=None)
    assert join(person, office("dm", "Agra"), charge="officiating", starts_on=day(0), by=None).pk


def test_a_link_officer_needs_an_end_date():
    with pytest.raises(ValidationError):
        join(newcomer(), office("dm", "Agra"), charge="link", starts_on=day(0), by=None)


def test_a_charge_that_begins_tomorrow_begins_by_its_date_and_ends_by_it_without_any_worker():
    person, cell, case = newcomer(), office("odop_cell"), a_file()
    join(person, cell, charge="link", starts_on=day(1), ends_on=day(2), by=None)
    for offset, holds in ((0, False), (1, True), (2, True), (3, False)):
        just_after_midnight = datetime.combine(day(offset), time(0, 1), IST)
        with patch.object(timezone, "now", return_value=just_after_midnight):
            assert authority.may(person, Power.SCRUTINISE_EXHIBITION, cell) == holds
            assert (case.pk in [m.case_id for m in inbox.waiting(afresh(person))]) == holds
            assert (person in authority.eligible(waiting(case))) == holds
    assert [grant for grant in expire(day(3)).extra if grant[0] == person.pk]


def test_a_grant_given_behind_the_postings_is_drift_and_is_taken_back():
    person, cell = newcomer(), office("odop_cell")
    assign_perm("scrutinise_exhibition", person, cell)
    assert not authority.may(person, Power.SCRUTINISE_EXHIBITION, cell), "a grant without a posting gives nothing"
    drift = derive(repair=False)
    assert drift.extra == [(person.pk, str(cell.pk), "scrutinise_exhibition")]
    derive()
    assert not derive(repair=False)


def test_grants_to_groups_and_whole_models_are_reported():
    permission = Permission.objects.get(codename="approve_exhibition", content_type_id=authority.office_type_id())
    newcomer().user_permissions.add(permission)
    group = Group.objects.create(name="everybody")
    group.permissions.add(permission)
    assign_perm("approve_exhibition", group, office("principal_secretary"))
    assert len(derive(repair=False).outside) == 3


def test_the_command_reports_drift_and_exits_1_and_repairs_on_request():
    assign_perm("scrutinise_exhibition", newcomer(), office("odop_cell"))
    with pytest.raises(SystemExit) as stopped:
        call_command("derive_powers", stdout=StringIO())
    assert stopped.value.code == 1
    call_command("derive_powers", repair=True, stdout=StringIO())
    said = StringIO()
    call_command("derive_powers", stdout=said)
    assert "0" in said.getvalue()


def test_a_superuser_has_no_power_without_a_posting():
    person = newcomer()
    person.is_superuser = person.is_staff = True
    person.save()
    case = a_file()
    with pytest.raises(Refusal):
        authority.check_step(person, waiting(case))
    assert not sight.visible_to(person).exists()


def test_a_disabled_officer_can_do_nothing_at_once():
    case = a_file()
    person = officer("odop.cell")
    Officer.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(Refusal):
        authority.check_step(officer("odop.cell"), waiting(case))


def test_an_officer_who_signed_cannot_be_deleted():
    a_file()
    with pytest.raises(ProtectedError):
        officer("dm.agra").delete()
