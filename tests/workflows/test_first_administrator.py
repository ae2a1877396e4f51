import pytest
from django.core.management import CommandError, call_command

from programme.models import Officer, Posting
from programme.powers import Power
from workflows.authority import may_anywhere
from workflows.management.commands import first_administrator

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    return lambda password: monkeypatch.setattr(first_administrator, "getpass", lambda _prompt: password)


def begin(username: str = "asha.verma", name: str = "Asha Verma") -> None:
    call_command("first_administrator", username, state="UP", name=name)


def test_a_new_installation_gets_two_administrators_who_can_let_others_in(typed) -> None:
    Posting.objects.filter(office__designation__code="administrator").delete()
    typed("short")
    with pytest.raises(CommandError, match="too short"):
        begin()
    assert not Officer.objects.filter(username="asha.verma").exists()
    typed("a long enough password of hers")
    begin()
    officer = Officer.objects.get(username="asha.verma")
    assert may_anywhere(officer, Power.ADMINISTER) and officer.check_password("a long enough password of hers")
    begin("ravi.singh", "Ravi Singh")
    assert Posting.objects.get(officer__username="ravi.singh").charge == "additional"
    with pytest.raises(CommandError, match="Two have held the post"):
        begin("third", "Third")


def test_where_somebody_administers_nobody_is_added_beside_him(typed) -> None:
    typed("a long enough password of hers")
    with pytest.raises(CommandError, match="Two have held the post"):
        begin()


def test_a_state_that_is_not_loaded_has_no_administrator(typed) -> None:
    with pytest.raises(CommandError, match="No post of XX administers"):
        call_command("first_administrator", "asha.verma", state="XX", name="Asha Verma")
