"""The Hindi catalogue of a fresh copy is compiled by the set-up, and is read from then on."""

from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext

from workflows.management.commands.setup import _compile, compile_messages

CATALOGUE = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Warp beam"\nmsgstr "ताना बीम"\n'


@pytest.fixture
def source(tmp_path: Path, settings) -> Path:
    """A catalogue that nobody compiled, asked for before there was one."""
    source = tmp_path / "hi" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE)
    settings.LOCALE_PATHS = [tmp_path]
    assert said() == "Warp beam"
    return source


def said() -> str:
    with translation.override("hi"):
        return gettext("Warp beam")


def test_the_set_up_that_compiles_the_catalogue_speaks_hindi_itself(source: Path) -> None:
    compile_messages()
    assert said() == "ताना बीम"


def test_who_asked_for_hindi_before_another_process_compiled_it_speaks_hindi_too(source: Path) -> None:
    _compile(source, source.with_suffix(".mo"))
    assert said() == "Warp beam"
    compile_messages()
    assert said() == "ताना बीम"
