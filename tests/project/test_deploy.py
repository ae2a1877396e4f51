"""The units of a machine are started as they stand, with the switches of the example, until the site says that all is well."""

import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections

from tests.project.test_settings import FIT, start

DEPLOY = settings.BASE_DIR / "deploy"
SERVED = ("web", "worker", "beat")
SEEN_WITHIN = 60


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read(DEPLOY / f"karyapravah-{name}")
    return parser


def example() -> dict[str, str]:
    """Return the switches of the example, with keys in the places of those that have to be made."""
    lines = [line for line in (DEPLOY / "karyapravah.env.example").read_text().splitlines() if line and not line.startswith("#")]
    switches = dict(line.split("=", 1) for line in lines)
    return {name: FIT[name] if "CHANGE" in value else value for name, value in switches.items()}


def test_the_example_needs_nothing_but_its_keys() -> None:
    assert start(example(), "-c", "import project.settings").returncode == 0
    unfilled = start(example() | {"SECRET_KEY": "CHANGE"}, "-c", "import project.settings")
    assert "SECRET_KEY is too short" in unfilled.stderr


def test_every_unit_runs_as_nobody_special_with_the_switches_of_one_file() -> None:
    services = sorted(path.name for path in DEPLOY.glob("*.service"))
    assert services == [f"karyapravah-{name}.service" for name in ("backup", "beat", "web", "worker")]
    for name in services:
        service = unit(name.removeprefix("karyapravah-"))["Service"]
        assert (service["User"], service["EnvironmentFile"]) == ("karyapravah", "/etc/karyapravah/karyapravah.env")
        assert service["NoNewPrivileges"] == "yes" and service["ProtectSystem"] == "strict"
    assert unit("backup.timer")["Timer"]["Persistent"] == "true"


NGINX = shutil.which("nginx") or next((path for path in ("/usr/sbin/nginx",) if os.path.exists(path)), "")
# A certificate and logs of the test's own, and ports that everybody may listen at.
ELSEWHERE = {
    "/etc/ssl/odop.example.gov.in.crt": "site.crt", "/etc/ssl/private/odop.example.gov.in.key": "site.key", "/var/log/nginx/": "",
}  # fmt: skip


def judged_by_nginx(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Let nginx read the site as it would from its own folder, and say what it finds; nothing is started."""
    make_certificate(folder / "site.key", folder / "site.crt")
    for there, here in ELSEWHERE.items():
        assert there in text, f"{there} is not named any more"
        text = text.replace(there, f"{folder}/{here}")
    (folder / "site.conf").write_text(re.sub(r"(listen (?:\[::\]:)?)(80|443)", r"\g<1>1\g<2>9", text))
    main = f"pid {folder}/nginx.pid; error_log stderr; events {{}} http {{ include {folder}/site.conf; }}"
    (folder / "nginx.conf").write_text(main)
    command = [NGINX, "-t", "-q", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)


def make_certificate(key: Path, certificate: Path) -> None:
    subject = ["-subj", "/CN=odop.example.gov.in", "-days", "1"]
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", *subject]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True, timeout=30)


@pytest.mark.once
def test_nginx_takes_the_example_of_the_proxy_and_would_not_take_a_slip_in_it(tmp_path: Path) -> None:
    if not NGINX or not shutil.which("openssl"):
        pytest.skip("nginx or openssl is not installed (Debian: apt-get install nginx-light openssl)")
    text = (DEPLOY / "nginx.conf").read_text()
    found = judged_by_nginx(text, tmp_path)
    assert found.returncode == 0, found.stderr
    assert judged_by_nginx(text.replace("proxy_pass", "proxy_past", 1), tmp_path).returncode != 0
    assert judged_by_nginx(text.replace("numbered '", "unnumbered '", 1), tmp_path).returncode != 0


@pytest.fixture
def switches(transactional_db: None, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The example's switches, with a folder, a port and a database of this test's own that is set up already."""
    name, extra = str(connection.settings_dict["NAME"]), {}
    copy = f"karyapravah_deploy_{os.getpid()}"
    if connection.vendor == "sqlite":
        shutil.copy(f"{name}.pristine", tmp_path / "karyapravah.sqlite3")
    else:
        connections.close_all()
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}_pristine"')
        extra["DATABASE_URL"] = f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{copy}"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        extra["PORT"] = str(free.getsockname()[1])
    shutil.copy(settings.SEAL_KEY_FILE, tmp_path / "seal.key")
    given = {**example(), **extra, "VAR_DIR": str(tmp_path), "SEAL_KEY_FILE": str(tmp_path / "seal.key"), "PATH": os.environ["PATH"]}
    if connection.vendor == "sqlite":
        del given["DATABASE_URL"]
    yield given
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')


def command(name: str, var: str) -> list[str]:
    """Return what a unit starts, with the folders of this machine in place of those of the units."""
    line = unit(f"{name}.service")["Service"]["ExecStart"].replace("$$", "$").replace("%%", "%")
    line = line.replace("/opt/karyapravah/.venv/bin", str(Path(sys.executable).parent))
    return shlex.split(line.replace("/var/lib/karyapravah", var).replace("/var/backups/karyapravah", f"{var}/backups"))


@pytest.fixture
def running(switches: dict[str, str]) -> Iterator[dict[str, str]]:
    programs = [
        subprocess.Popen(command(name, switches["VAR_DIR"]), cwd=settings.BASE_DIR, env=switches, stdout=subprocess.DEVNULL)
        for name in SERVED
    ]
    yield switches
    for program in programs:
        program.terminate()
    for program in programs:
        program.wait(timeout=30)


def told(port: str) -> dict[str, Any]:
    """Return what the site says of itself; empty while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return json.load(answer)
    except OSError:
        return {}


@pytest.mark.slow
def test_what_the_units_start_comes_up_is_well_and_is_backed_up_while_it_runs(running: dict[str, str]) -> None:
    until, said = time.monotonic() + SEEN_WITHIN, {}
    while time.monotonic() < until:
        said = told(running["PORT"])
        if said.get("well") and all(said["signs"][name]["figure"] is not None for name in ("worker", "beat", "drain")):
            break
        time.sleep(0.5)
    assert said.get("well"), said
    seen = {name: said["signs"][name]["figure"] for name in ("worker", "beat", "drain")}
    assert None not in seen.values(), f"not seen alive: {seen}"
    subprocess.run(command("backup", running["VAR_DIR"]), cwd=settings.BASE_DIR, env=running, check=True, stdout=subprocess.DEVNULL)
    [backup] = (Path(running["VAR_DIR"]) / "backups").iterdir()
    assert (backup / "manifest.json").is_file()
