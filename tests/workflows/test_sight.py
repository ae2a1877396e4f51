"""The files in sight are the same whether indexes answer or each file is asked."""

import pytest
from django.utils import timezone

from programme.models import Officer
from tests.files import a_file, office, officer, waiting
from workflows import sight
from workflows.models import Case, Movement, Question

pytestmark = pytest.mark.django_db


def by_each_file(person: Officer) -> set[Case]:
    places = sight.sight_given(person)
    return set(Case.objects.filter(sight._theirs(**places))) if places and places["offices"] else set()


def test_every_officer_sees_by_indexes_what_he_sees_file_by_file():
    own, came, asks, _other = a_file(), a_file(district="Varanasi"), a_file(district="Varanasi"), a_file(district="Varanasi")
    dic = office("dic", "Agra")
    Movement.objects.filter(case=came, disposed=None).update(office=dic)
    stay, now = waiting(asks), timezone.now()
    Question.objects.create(case=asks, movement=stay, office=dic, text="?", asked_in=asks.notings.first(), asked_at=now, due=now)
    for person in Officer.objects.filter(postings__isnull=False).distinct():
        assert set(sight.visible_to(person)) == by_each_file(person), person.username
    assert set(sight.visible_to(officer("dic.agra"))) == {own, came, asks}
