"""What stands in .env after a set-up, also when an earlier version wrote it."""

import os
import re
import stat
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from project import first_setup
from project.refusals import refuse_unfit

EARLIER = "ENVIRONMENT=demonstration\nSECRET_KEY=demonstration-abc\nRECORD_KEYS=demonstration-1:" + "5a" * 32


@pytest.fixture
def switches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(first_setup, "HERE", str(tmp_path))
    monkeypatch.delenv("ENVIRONMENT", raising=False)
    return tmp_path / ".env"


def read(switches: Path) -> dict[str, str]:
    lines = [line for line in switches.read_text().splitlines() if not line.startswith("#")]
    assert all("=" in line for line in lines), lines
    return dict(line.split("=", 1) for line in lines)


def test_a_demonstration_is_written_keys_that_let_it_start(switches: Path) -> None:
    first_setup.write_switches()
    written = read(switches)
    assert stat.S_IMODE(os.stat(switches).st_mode) == 0o600
    name, _, key = written["RECORD_KEYS"].partition(":")
    refuse_unfit(
        environment=written["ENVIRONMENT"],
        demonstration_asked=True,
        debug=False,
        secret_key=written["SECRET_KEY"],
        record_keys={name: key},
        identity_key=written["IDENTITY_KEY"],
        factor_keys=[written["FACTOR_KEYS"]],
        record_origin="karyapravah.demonstration",
        public_url="http://127.0.0.1:8000",
        order_files=("order.key", "order.crt"),
        hosts=["localhost"],
    )


@pytest.mark.parametrize("end", ["", "\n"])
def test_an_earlier_demonstration_gets_the_keys_it_lacks_once_and_keeps_the_rest(switches: Path, end: str) -> None:
    switches.write_text(EARLIER + end)
    first_setup.write_switches()
    first_setup.write_switches()
    assert switches.read_text().startswith(EARLIER + "\nIDENTITY_KEY=demonstration-")
    assert switches.read_text().count("IDENTITY_KEY") == 1
    assert list(read(switches)) == ["ENVIRONMENT", "SECRET_KEY", "RECORD_KEYS", "IDENTITY_KEY", "FACTOR_KEYS"]


def test_a_states_own_switches_are_left_alone(switches: Path) -> None:
    switches.write_text("ENVIRONMENT=production\nSECRET_KEY=own\n")
    first_setup.write_switches()
    assert switches.read_text() == "ENVIRONMENT=production\nSECRET_KEY=own\n"


def test_every_package_that_another_brings_along_is_pinned() -> None:
    pinned = {name: text for files in first_setup.PINS.items() for name, text in map(pin, lines_of(*files))}
    assert all(re.fullmatch(r"==[\w.]+", version) for version in pinned.values()), pinned
    for name in pinned:
        try:
            needed = [Requirement(line) for line in metadata.requires(name) or []]
        except metadata.PackageNotFoundError:
            continue
        lacking = [need.name for need in needed if not need.marker or need.marker.evaluate({"extra": ""})]
        assert {canonicalize_name(need) for need in lacking} <= pinned.keys(), name


def lines_of(*names: str) -> list[str]:
    lines = [line.partition("#")[0].strip() for name in names for line in (Path(first_setup.HERE) / name).read_text().splitlines()]
    return [line for line in lines if line]


def pin(line: str) -> tuple[str, str]:
    needed = Requirement(line)
    return canonicalize_name(needed.name), str(needed.specifier)
