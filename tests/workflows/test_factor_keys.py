"""The keys of second factors stand encrypted in the database; keys are changed without anybody setting his telephone up again."""

from importlib import import_module

import pytest
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.files import officer
from tests.workflows.door import code_of, with_factor
from workflows import factors
from workflows.models import Telephone

pytestmark = pytest.mark.django_db
BOSS = "principal.secretary"
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def stored() -> str:
    """Return all that the database holds of second factors."""
    return str([list(TOTPDevice.objects.values()), list(Telephone.objects.values())])


def test_no_key_stands_in_the_database_in_clear() -> None:
    who, _codes = with_factor(BOSS)
    key = Telephone.objects.get(user=who).bin_key
    assert len(key) == 20 and key.hex() not in stored()
    assert TOTPDevice.objects.get(user=who).key == ""
    assert factors.accepts(who, code_of(who)) and key.hex() not in stored()


def test_a_new_first_key_encrypts_and_the_old_one_still_opens(settings) -> None:
    settings.FACTOR_KEYS = [OLD]
    who, _codes = with_factor(BOSS)
    settings.FACTOR_KEYS = [NEW, OLD]
    assert factors.accepts(who, code_of(who))
    call_command("encrypt_factors")
    settings.FACTOR_KEYS = [NEW]
    assert factors.accepts(who, code_of(who))


def test_without_the_key_no_code_opens_and_recovery_codes_do(settings, client_for) -> None:
    settings.FACTOR_KEYS = [OLD]
    who, codes = with_factor(BOSS)
    code = code_of(who)
    factors.begin(who)
    client = client_for(BOSS)
    settings.FACTOR_KEYS = [NEW]
    assert not factors.accepts(who, code) and factors.accepts(who, codes[0])
    assert client.get(reverse("factor")).status_code == 200
    with pytest.raises(CommandError, match="2 can be read under none"):
        call_command("encrypt_factors")


def test_keys_that_stood_in_clear_are_encrypted_by_the_migration() -> None:
    who, key = officer(BOSS), "0123456789abcdef" * 2 + "01234567"
    TOTPDevice.objects.create(user=who, name="telephone", confirmed=True, key=key)
    import_module("workflows.migrations.0013_operations").encrypt_factor_keys(apps, None)
    assert key not in stored()
    assert factors.accepts(who, f"{totp(bytes.fromhex(key)):06}")
