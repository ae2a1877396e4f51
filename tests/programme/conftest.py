import pytest

from programme.models import BudgetHead, District, State


@pytest.fixture
def up(db: None) -> State:
    return State.objects.get(short="UP")


@pytest.fixture
def hp(db: None) -> State:
    return State.objects.get(short="HP")


@pytest.fixture
def agra(db: None) -> District:
    return District.objects.get(name_en="Agra")


@pytest.fixture
def mathura(db: None) -> District:
    return District.objects.get(name_en="Mathura")


@pytest.fixture
def head(up: State) -> BudgetHead:
    return BudgetHead.objects.get(state=up, scheme="EXHIBITION")
