"""What is kept in memory of the set-up is dropped with the very change."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from guardian.models import UserObjectPermission

from programme import kept
from programme.calendar import today
from programme.models import Designation, Norm, Office, Officer, Posting
from tests.files import a_file, officer, waiting
from workflows import authority, marks
from workflows.authority import Refusal
from workflows.models import AuditScope
from workflows.postings import relieve
from workflows.steps import decide

pytestmark = pytest.mark.django_db


def mark() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {marks.SUM}")
        return int(cursor.fetchone()[0])


def draft_norm() -> Norm:
    old = Norm.objects.filter(scheme="EXHIBITION").first()
    assert old
    old.pk, old.version, old.status, old.published_at, old.published_by = None, "draft-2", "draft", None, None
    old.save(force_insert=True)
    return old


def changes() -> dict[str, object]:
    posting = Posting.objects.filter(officer=officer("auditor")).get()
    return {
        "posting": lambda: Posting.objects.filter(pk=posting.pk).update(order_number="G.O. 1"),
        "grant": lambda: UserObjectPermission.objects.filter(user=officer("finance")).first().delete(),
        "designation": lambda: Designation.objects.filter(code="dm").update(powers=[]),
        "office": lambda: Office.objects.filter(district=None).update(email="x@example.in"),
        "norm": lambda: draft_norm(),
        "scope": lambda: AuditScope.objects.create(posting=posting),
    }


def test_every_change_of_the_set_up_draws_another_mark_and_nothing_else_does() -> None:
    last = mark()
    Officer.objects.filter(username="finance").update(name_en="F.")
    a_file(at="scrutinise")
    assert mark() == last
    seen = {last}
    for name, change in changes().items():
        change()  # type: ignore[operator]
        assert mark() not in seen, name
        seen.add(mark())


def test_a_mark_that_was_rolled_back_does_not_come_back() -> None:
    before, drawn = mark(), []
    for _time in range(2):
        with transaction.atomic():
            Office.objects.filter(district=None).update(email="x@example.in")
            drawn.append(mark())
            transaction.set_rollback(True)
    assert mark() == before and len({before, *drawn}) == 3


def test_a_grant_withdrawn_by_hand_bars_the_very_next_decision() -> None:
    case = a_file(at="concur")
    finance, stay = officer("finance"), waiting(case)
    form = stay.node.form_class({"outcome": "concurred", "seen": case.head}, movement=stay, officer=finance)
    assert form.is_valid()
    with marks.as_it_stands():
        assert authority.may_anywhere(finance, stay.power)
    UserObjectPermission.objects.filter(user=finance, permission__codename=stay.power).delete()
    with pytest.raises(Refusal):
        decide(stay, by=finance, form=form)
    assert waiting(case).pk == stay.pk


def test_an_officer_relieved_between_two_clicks_finds_nothing(client_for) -> None:
    desk, case = client_for("finance"), a_file(at="concur")
    assert desk.get(f"/files/{case.pk}/").status_code == 200
    posting = Posting.objects.get(officer=officer("finance"), charge="regular")
    relieve(posting, by=officer("administrator"), on=today() - timedelta(days=1))
    assert desk.get(f"/files/{case.pk}/").status_code in (302, 404)


def test_without_a_mark_nothing_is_kept_and_what_is_kept_is_nobodys_to_change() -> None:
    finance = officer("finance")
    [first] = authority.capacities(finance, afresh=True)
    with marks.as_it_stands():
        [second] = authority.capacities(finance, afresh=True)
        own = authority.check(finance, "concur_finance", second.office)
        own.officer = officer("dm.agra")
        [third] = authority.capacities(finance, afresh=True)
    assert first.posting is not second.posting and own is not third.posting
    assert third.posting.officer_id == finance.pk and third.office is second.office
    with kept.under(None):
        [fourth] = authority.capacities(finance, afresh=True)
    assert fourth.office is not third.office


def test_the_pages_of_a_stranger_stay_shut_when_another_was_there_before(client_for) -> None:
    case = a_file(at="concur")
    assert client_for("finance").get(f"/files/{case.pk}/").status_code == 200
    stranger: Client = client_for("dm.mathura")
    assert stranger.get(f"/files/{case.pk}/").status_code == 404
