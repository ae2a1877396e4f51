"""A delegation that names no post with the power, or has ended, is told in a sentence, and the file stays where it is."""

from datetime import timedelta

import pytest
from django.urls import reverse

from programme.calendar import today
from programme.models import Norm, NormStatus, State
from tests.files import waiting
from tests.processes.loan_files import a_loan

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("post", "ends", "said"),
    [
        ("finance", None, "names “finance”, which does not hold the power"),
        ("nobody", None, "names “nobody”, which does not hold the power"),
        ("director", today() - timedelta(days=1), "No delegation says who sanctions this scheme"),
    ],
    ids=["a post without the power", "no post of the State", "ended yesterday"],
)
def test_a_file_does_not_climb_a_ladder_that_leads_to_nobody(client_for, post, ends, said):
    case = a_loan(at="examine")
    ladder = [{"over": "0", "upto": None, "designation": post}]
    Norm.objects.create(
        state=State.objects.get(short="UP"), scheme="DELEGATION_LOAN", version="test", status=NormStatus.PUBLISHED,
        applies_from=today() - timedelta(days=5), applies_until=ends, rules={"ladder": ladder},
    )  # fmt: skip
    client = client_for("odop.cell")
    client.cookies["django_language"] = "en"
    assert client.get(reverse("file", args=[case.pk])).status_code == 200
    sent = {"outcome": "recommended", "text": "", "seen": case.head}
    answer = client.post(reverse("decide", args=[waiting(case).pk]), sent)
    assert answer.status_code == 403 and said in answer.content.decode()
    assert waiting(case).step == "examine"
