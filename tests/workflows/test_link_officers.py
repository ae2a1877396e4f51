"""A link officer acts within his dates, powers and amount, on every list and in every act, and never on what he let go on himself."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme.calendar import today
from programme.models import Charge, Officer, Posting
from programme.powers import Power
from tests.files import a_draft, a_file, holder_of, office, officer, proposal_data, take, waiting
from tests.processes.freight_files import a_claim
from tests.processes.identification_files import a_product_file
from tests.processes.loan_files import a_loan
from tests.processes.plan_files import a_plan
from workflows import authority, inbox, postings, sight
from workflows.authority import Refusal
from workflows.charges import LONGEST_LINK
from workflows.models import Case, Draft, Movement, Notice, NoticeKind
from workflows.postings import appoint_assistant, appoint_link, end_charge, join

pytestmark = pytest.mark.django_db
Desk = Callable[[str], object]


def day(offset: int = 0):
    return today() + timedelta(days=offset)


def again(username: str) -> Officer:
    """Return the officer as his next request reads him."""
    return officer(username)


def a_link(username: str = "epb", at: str = "odop_cell", district: str | None = None, *, by: str = "odop.cell", **terms) -> Posting:
    dates = {"starts_on": day(), "ends_on": day(5)}
    return appoint_link(officer(username), office(at, district), by=officer(by), **(dates | terms))


# What he sees is what he may do

SCRUTINY, SEASON = [Power.SCRUTINISE_EXHIBITION.value], [Power.OPEN_SEASON.value]
STANDS_AT = Decimal("1850000.00")
PAISA = Decimal("0.01")
# What the link officer was given, from which day to which, and whether he acts on an exhibition of ₹18,50,000.
LIMITS: list[tuple[str, dict, int, int, bool]] = [
    ("everything", {}, 0, 5, True),
    ("his first day is his last", {}, 0, 0, True),
    ("only this power", {"only": SCRUTINY}, 0, 5, True),
    ("only another power", {"only": SEASON}, 0, 5, False),
    ("an amount above", {"upto": STANDS_AT + PAISA}, 0, 5, True),
    ("exactly the amount", {"upto": STANDS_AT}, 0, 5, True),
    ("a paisa less", {"upto": STANDS_AT - PAISA}, 0, 5, False),
    ("this power and a paisa less", {"only": SCRUTINY, "upto": STANDS_AT - PAISA}, 0, 5, False),
    ("another power and enough", {"only": SEASON, "upto": STANDS_AT}, 0, 5, False),
    ("from tomorrow", {}, 1, 5, False),
    ("until yesterday", {}, -5, -1, False),
]


def agrees(person: Officer, movement: Movement) -> bool:
    """Return whether the officer may act, after making sure that list, count, badge and the list of those eligible say the same."""
    listed = [stay.pk for stay in inbox.waiting(person)]
    acts = authority.may_take(person, movement)
    assert (movement.pk in listed) == acts
    assert inbox.counts(person).all == len(listed)
    assert (person in authority.eligible(movement)) == acts
    return acts


@pytest.mark.parametrize(("name", "given", "first", "last", "acts"), LIMITS, ids=[row[0] for row in LIMITS])
@pytest.mark.parametrize("outcome", ["recommended", "returned", "rejected"])
def test_inbox_count_list_and_act_say_the_same(name, given, first, last, acts, outcome, client_for) -> None:
    case = a_file()
    movement = waiting(case)
    join(officer("epb"), office("odop_cell"), charge="link", starts_on=day(first), ends_on=day(last), by=None, **given)
    assert agrees(again("epb"), movement) == acts
    assert agrees(again("odop.cell"), movement), "the holder himself can act meanwhile"
    client = client_for("epb")
    page = client.get(reverse("inbox")).content.decode()
    assert (case.subject in page) == acts
    data = {"outcome": outcome, "amount_recommended": "18,50,000", "seen": case.head, "text": "As seen."}
    status = client.post(reverse("decide", args=[movement.pk]), data).status_code
    assert status == (302 if acts else 403 if sight.visible_to(again("epb")).exists() else 404)
    assert (Movement.objects.get(pk=movement.pk).officer == officer("epb")) == acts


@pytest.mark.parametrize("upto", [Decimal(1), None])
def test_a_file_without_an_amount_lies_within_every_limit(upto) -> None:
    movement = waiting(a_product_file(at="scrutinise"))
    a_link(upto=upto)
    assert movement.case.amount is None and agrees(again("epb"), movement)


def test_a_disabled_link_officer_can_do_nothing_at_once() -> None:
    movement = waiting(a_file())
    a_link()
    assert agrees(again("epb"), movement)
    Officer.objects.filter(username="epb").update(is_active=False)
    assert not authority.may_take(again("epb"), movement) and officer("epb") not in authority.eligible(movement)


@pytest.mark.parametrize(("amount", "signed"), [("5,00,000", True), ("5,00,000.01", False), ("6,00,000", False)])
def test_a_decision_that_raises_the_amount_above_his_limit_is_refused(amount, signed, client_for) -> None:
    case = a_file()
    take(case, "recommended", amount_recommended="4,00,000")
    take(case, "returned", text="More is needed.", return_to="scrutinise")
    case.refresh_from_db()
    movement = waiting(case)
    assert movement.step == "scrutinise" and case.amount == 400000
    a_link(upto=Decimal(500000))
    assert agrees(again("epb"), movement)
    data = {"outcome": "recommended", "amount_recommended": amount, "seen": case.head}
    response = client_for("epb").post(reverse("decide", args=[movement.pk]), data)
    assert response.status_code == (302 if signed else 403)
    case.refresh_from_db()
    assert (waiting(case).step == "scrutinise") == (not signed) and case.amount == (500000 if signed else 400000)


def test_a_new_file_above_his_limit_is_not_opened_and_not_withdrawn(client_for) -> None:
    agra = office("dm", "Agra")
    a_link("cdo.agra", "dm", "Agra", by="dm.agra", upto=Decimal(500000))
    draft = a_draft(officer("cdo.agra"), agra, ("proposal_letter", "cost_estimate"))
    client, address = client_for("cdo.agra"), reverse("draft", args=["exhibition", draft.key])
    data = {**proposal_data("Agra"), "action": "submit"}
    assert client.post(address, data).status_code == 403 and not Case.objects.exists()
    assert Draft.objects.filter(pk=draft.pk).exists(), "what was typed is kept"
    case = a_file()
    withdrawal = {"withdraw-text": "No.", "withdraw-seen": case.head}
    assert client.post(reverse("withdraw", args=[case.pk]), withdrawal).status_code == 403
    assert client_for("dm.agra").post(reverse("withdraw", args=[case.pk]), withdrawal).status_code == 302


# Nobody passes his own file on through another's office

DIC, CELL = ("dic", "Agra"), ("odop_cell", None)
# A file, whose step waits, who took an earlier step from his own office, and for which office he stands in.
OWN_FILES = [
    ("the DIC scrutinised a loan and chairs the committee", lambda: a_loan("committee"), "dic.agra", ("dm", "Agra")),
    ("the DIC checked a claim and chairs the users' committee", lambda: a_claim(at="committee"), "dic.moradabad", ("dm", "Moradabad")),
    ("the DIC proposed a product and recommends it", lambda: a_product_file(at="recommend"), "dic.agra", ("dm", "Agra")),
    ("the DIC drafted the plan and signs it", lambda: a_plan("sign"), "dic.agra", ("dm", "Agra")),
    ("the cell scrutinised an exhibition and concurs", lambda: a_file(at="concur"), "odop.cell", ("finance", None)),
    ("Finance concurred and sanctions", lambda: a_file(at="approve"), "finance", ("principal_secretary", None)),
    ("the cell examined a loan and sanctions it", lambda: a_loan("sanction"), "odop.cell", None),
]


@pytest.mark.parametrize(("name", "make", "username", "at"), OWN_FILES, ids=[row[0] for row in OWN_FILES])
@pytest.mark.parametrize("charge", [Charge.LINK, Charge.ASSISTANT])
def test_nobody_acts_or_prepares_for_another_office_on_what_he_let_go_on(name, make, username, at, charge) -> None:
    case = make()
    movement = waiting(case)
    stands_in_for = office(*at) if at else movement.office
    assert movement.office == stands_in_for
    join(officer(username), stands_in_for, charge=charge, starts_on=day(), ends_on=day(3), by=None)
    person = again(username)
    with pytest.raises(Refusal, match="You yourself signed or prepared"):
        authority.signs(person, movement)
    assert person not in authority.eligible(movement)
    assert holder_of(stands_in_for) in authority.eligible(movement), "the holder is not barred by it"


def test_the_minutes_are_not_signed_by_a_link_officer_for_his_own_file_nor_above_his_limit() -> None:
    case = a_loan("committee")
    stands_at = Case.objects.get(pk=case.pk).amount
    join(officer("dic.agra"), office("dm", "Agra"), charge="link", starts_on=day(), ends_on=day(3), by=None)
    with pytest.raises(Refusal, match="You yourself signed or prepared"):
        take(case, "recommended", by="dic.agra")
    assert waiting(case).step == "committee"
    other = a_loan("committee")
    join(officer("cdo.agra"), office("dm", "Agra"), charge="link", starts_on=day(), ends_on=day(3), upto=stands_at - PAISA, by=None)
    with pytest.raises(Refusal, match="As link officer"):
        take(other, "recommended", by="cdo.agra")
    assert waiting(other).step == "committee"


def test_who_also_holds_the_office_in_a_charge_of_his_own_is_not_bound_by_the_link() -> None:
    movement = waiting(a_file())
    join(officer("epb"), office("odop_cell"), charge="link", starts_on=day(), ends_on=day(3), upto=Decimal(1), by=None)
    join(officer("epb"), office("odop_cell"), charge="additional", starts_on=day(), by=None)
    assert authority.check_step(again("epb"), movement).charge == Charge.ADDITIONAL
    assert agrees(again("epb"), movement)


def test_who_is_eligible_is_who_may_take_and_whose_inbox_shows_it_over_all_the_demonstration(settings) -> None:
    settings.DEMONSTRATION = True
    call_command("load_demonstration", verbosity=0)
    for username, at, terms in [
        ("dic.agra", ("dm", "Agra"), {}),
        ("epb", ("odop_cell", None), {"upto": Decimal(1000000)}),
        ("finance", ("principal_secretary", None), {"only": [Power.APPROVE_EXHIBITION.value]}),
    ]:
        join(officer(username), office(*at), charge="link", starts_on=day(), ends_on=day(9), by=None, **terms)
    people = list(Officer.objects.all())
    assistants = set(Posting.objects.filter(charge=Charge.ASSISTANT).values_list("officer", flat=True))
    assert assistants
    shown = {person.pk: set(inbox.waiting(person).values_list("pk", flat=True)) for person in people}
    movements = Movement.objects.filter(disposed=None).select_related("case", "office__designation", "office__district")
    assert movements.count() > 50
    assert not any(authority.eligible(watch) for watch in movements.filter(power=""))
    for movement in movements.exclude(power=""):
        may = {person for person in people if _may(person, movement)}
        with CaptureQueriesContext(connection) as asked:
            assert set(authority.eligible(movement)) == may, movement.case.number
        assert len(asked) <= 4
        sees = {person for person in people if movement.pk in shown[person.pk] and person.pk not in assistants}
        assert may == {person for person in sees if not _conflicted(person, movement)}, movement.case.number


def _may(person: Officer, movement: Movement) -> bool:
    try:
        authority.check_step(person, movement, afresh=False)
    except Refusal:
        return False
    return True


def _conflicted(person: Officer, movement: Movement) -> bool:
    try:
        authority.check_step(person, movement, afresh=False)
    except Refusal as refusal:
        return "signed or prepared" in str(refusal)
    return False


# Appointing and ending


def refused(field: str, said: str, **told) -> None:
    with pytest.raises(ValidationError) as refusal:
        a_link(**told)
    assert said in " ".join(refusal.value.message_dict[field])
    assert not Posting.objects.filter(charge=Charge.LINK, made_by=officer(told.get("by", "odop.cell")), starts_on__gte=day()).exists()


def test_what_an_appointment_cannot_be_is_said_at_the_field() -> None:
    refused("officer", "cannot name yourself", username="odop.cell")
    refused("officer", "not an officer of this State", username="odop.cell.hp" if _known("odop.cell.hp") else "acs.industries")
    refused("starts_on", "past", starts_on=day(-1))
    refused("ends_on", "before the first", starts_on=day(3), ends_on=day(2))
    refused("ends_on", "at most", ends_on=day(LONGEST_LINK))
    refused("only", "at least one power", only=[])
    refused("only", "does not hold the power", only=[Power.CONCUR_FINANCE.value])
    refused("only", "does not hold the power", only=["no_such_power"])
    refused("upto", "more than zero", upto=Decimal(0))
    refused("officer", "must stay different persons", username="auditor")
    refused("officer", "must stay different persons", username="administrator")
    refused("officer", "must stay different persons", username="finance", at="auditor", by="administrator")
    refused("officer", "holds", username="odop.cell", by="administrator")
    Officer.objects.filter(username="epb").update(is_active=False)
    refused("officer", "cannot sign in", username="epb")


def _known(username: str) -> bool:
    return Officer.objects.filter(username=username).exists()


def test_the_longest_appointment_is_taken_and_all_powers_ticked_are_no_limit() -> None:
    posting = a_link(ends_on=day(LONGEST_LINK - 1), only=office("odop_cell").designation.powers)
    assert (posting.only, posting.made_by, posting.made_at is not None) == (None, officer("odop.cell"), True)


def test_two_link_officers_share_no_power_on_one_day() -> None:
    a_link(only=SCRUTINY)
    refused_twice = {"username": "finance", "only": [*SCRUTINY, *SEASON]}
    with pytest.raises(ValidationError, match="is link officer with these powers"):
        a_link(**refused_twice)
    assert a_link("finance", only=SEASON).powers == SEASON
    assert a_link("finance", starts_on=day(6), ends_on=day(9), only=SCRUTINY).pk


def test_only_the_holder_and_the_administrator_appoint_and_a_link_officer_appoints_nobody() -> None:
    for username in ("dm.agra", "director", "auditor", "administrator.hp"):
        with pytest.raises(Refusal, match="Only the officer in charge"):
            a_link(by=username)
    a_link(by="administrator")
    with pytest.raises(Refusal, match="cannot appoint another"):
        a_link("finance", by="epb", only=SEASON)
    appoint_assistant(officer("manager.agra"), office("odop_cell"), by=officer("odop.cell"), starts_on=day())
    with pytest.raises(Refusal, match="cannot appoint another"):
        a_link("finance", by="manager.agra")


@pytest.mark.parametrize("by", ["odop.cell", "administrator"])
def test_ending_takes_the_power_at_once_also_on_the_first_day_and_before_it(by) -> None:
    movement = waiting(a_file())
    now, later = a_link(by="administrator"), a_link("finance", starts_on=day(10), ends_on=day(12))
    assert authority.may_take(again("epb"), movement)
    end_charge(now, by=officer(by))
    end_charge(later, by=officer(by))
    assert not authority.may_take(again("epb"), movement) and not inbox.counts(again("epb")).all
    now.refresh_from_db(), later.refresh_from_db()
    assert (now.ends_on, now.ended_by, later.ends_on) == (day(), officer(by), day(12))
    assert not now.covers(day()) and not Posting.objects.filter(Posting.not_over(day()), pk=later.pk).exists()
    assert not postings.derive(repair=False)
    moment = now.ended_at
    assert end_charge(now, by=officer(by)).ended_at == moment, "ended twice, it stays as it was"


def test_nobody_else_ends_it_and_no_regular_charge_is_ended_so() -> None:
    posting = a_link()
    for username in ("epb", "dm.agra", "administrator.hp"):
        with pytest.raises(Refusal):
            end_charge(posting, by=officer(username))
    with pytest.raises(Refusal, match="link officer or an assistant"):
        end_charge(Posting.objects.get(officer=officer("finance"), charge=Charge.REGULAR), by=officer("administrator"))


def test_both_offices_are_told_in_both_languages_with_the_limits_and_again_when_it_ends() -> None:
    posting = a_link(upto=Decimal(500000), only=SCRUTINY)
    told = Notice.objects.filter(kind=NoticeKind.CHARGE)
    assert {notice.office for notice in told} == {office("odop_cell"), office("epb")}
    assert all("₹5,00,000" in notice.text_en and "Scrutinise exhibition" in notice.text_en for notice in told)
    assert all("लिंक अधिकारी" in notice.text_hi for notice in told)
    end_charge(posting, by=officer("odop.cell"))
    assert told.filter(text_en__contains="no longer").count() == 2 and told.all().count() == 4


# The page


def test_the_page_shows_what_is_held_who_acts_and_ends_it_by_a_button(client_for, settings) -> None:
    posting = a_link(upto=Decimal(500000), only=SCRUTINY)
    client, epb = client_for("odop.cell"), client_for("epb")
    for reader in (client, epb):
        reader.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(reverse("charges")).content.decode()
    assert "Who acts for ODOP Cell" in page and "₹5,00,000" in page and "Export Promotion Bureau" in page
    banner = epb.get(reverse("inbox")).content.decode()
    assert "up to ₹5,00,000 · only: Scrutinise exhibition" in banner
    assert client.post(reverse("end_charge", args=[posting.pk])).status_code == 302
    client.get(reverse("charges"))  # says once that it has ended
    assert "Export Promotion Bureau" not in client.get(reverse("charges")).content.decode()


def test_an_officer_is_searched_chosen_and_named_and_what_was_typed_stays_meanwhile(client_for) -> None:
    client, address = client_for("dm.agra"), reverse("appoint_link", args=[office("dm", "Agra").pk])
    typed = {"starts_on": day().isoformat(), "ends_on": day(4).isoformat(), "only": ["sign_plan"], "upto": "5,00,000"}
    page = client.post(address, {**typed, "search": "chief development lucknow", "action": "search"}).content.decode()
    lucknow, agra = officer("cdo.lucknow"), officer("cdo.agra")
    assert f'value="{lucknow.pk}"' in page and f'value="{agra.pk}"' not in page and "5,00,000" in page
    assert page.count("checked") == 1, "only the ticked power"
    assert f'value="{agra.pk}"' in client.get(address).content.decode(), "the district's own officers are offered without a search"
    assert "acs.industries" not in page and client.post(address, {**typed, "search": "additional chief"}).status_code == 422
    assert client.post(address, {**typed, "search": "lucknow", "officer": lucknow.pk}).status_code == 302
    posting = Posting.objects.get(officer=lucknow, office=office("dm", "Agra"))
    assert (posting.charge, posting.only, posting.upto, posting.ends_on) == (Charge.LINK, ["sign_plan"], 500000, day(4))


@pytest.mark.parametrize(
    "change",
    [{"officer": "9" * 30}, {"officer": "x"}, {"starts_on": "never"}, {"only": ["audit"]}, {"upto": "-5"}, {"search": "\x00" * 500}],
)
def test_what_no_page_sends_is_refused_at_the_field(change, client_for) -> None:
    address = reverse("appoint_link", args=[office("dm", "Agra").pk])
    right = {"officer": officer("cdo.agra").pk, "starts_on": day(), "ends_on": day(), "only": ["sign_plan"], "upto": ""}
    assert client_for("dm.agra").post(address, {**right, **change}).status_code == 422


def test_an_administrator_finds_any_office_of_his_state_and_no_other(client_for) -> None:
    client = client_for("administrator")
    page = client.get(reverse("charges"), {"q": "magistrate mathura"}).content.decode()
    assert reverse("appoint_link", args=[office("dm", "Mathura").pk]) in page
    assert (
        reverse("appoint_link", args=[office("dc", "Bilaspur", "HP").pk])
        not in client.get(reverse("charges"), {"q": "bilaspur"}).content.decode()
    )
    assert client.get(reverse("appoint_link", args=[office("dc", "Bilaspur", "HP").pk])).status_code == 404


def test_the_page_asks_no_more_for_many_who_act(client_for) -> None:
    client = client_for("odop.cell")
    client.get(reverse("charges"))
    counted = []
    for username in ("epb", "finance", "dm.agra"):
        client.get(reverse("charges"))  # the set-up has changed, and is read anew
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("charges"))
        counted.append(len(asked))
        appoint_assistant(officer(username), office("odop_cell"), by=officer("odop.cell"), starts_on=day())
    assert counted[1] == counted[2] and counted[2] <= counted[0] + 1


def test_set_up_names_a_link_officer_by_the_same_rules(client_for) -> None:
    client, address = client_for("administrator"), "/setup/programme/posting/add/"
    typed = {"office": office("odop_cell").pk, "charge": "link", "starts_on": day().isoformat(), "ends_on": day(3).isoformat()}
    client.post(address, {**typed, "officer": officer("auditor").pk})
    assert not Posting.objects.filter(officer=officer("auditor"), charge=Charge.LINK).exists()
    client.post(address, {**typed, "officer": officer("epb").pk})
    assert Posting.objects.get(officer=officer("epb"), charge=Charge.LINK).made_by == officer("administrator")
    assert timezone.localdate(Posting.objects.get(officer=officer("epb"), charge=Charge.LINK).made_at) == day()
