"""What the installed packages are, under which licences, and which known faults they have: ``make audit``, from an environment of its own.

Exits with 1 when a known fault was found or a list could not be written. Where the registry cannot be reached, the faults are
skipped by name.
"""

import csv
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
PYTHON = HERE / ".venv" / "bin" / "python"
TOLD = HERE / "audit"


def run(module: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", module, *words], capture_output=True, text=True, check=False)  # noqa: S603 -- fixed words


def listed(what: str, target: Path, module: str, *words: str) -> None:
    """Write a list with a tool; stop with the tool's last line when it cannot."""
    done = run(module, *words)
    if done.returncode or not target.exists():
        sys.exit(f"make audit: the {what} could not be written: {last_line(done)}")


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return ([*done.stdout.strip().splitlines(), *done.stderr.strip().splitlines()] or [f"it ended with {done.returncode}"])[-1]


def site_packages() -> str:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 -- fixed words


def known_faults() -> list[str]:
    """Return a line for each known fault of an installed package; say which packages could not be judged."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        done = run("pip_audit", "--path", site_packages(), "--progress-spinner", "off", "--format", "json", "--output", str(answer))
        if not answer.exists():
            print(f"known faults: SKIPPED, the registry's advisories cannot be reached: {last_line(done)}")
            return []
        packages = json.loads(answer.read_text())["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if skipped:
        print(
            f"known faults: SKIPPED for {len(skipped)} of {len(packages)} packages, of which the registry has no advisories: {skipped[0]} …"
        )
    if len(skipped) < len(packages):
        print(f"known faults: {len(packages) - len(skipped)} packages judged")
    return [
        f"{package['name']} {package['version']}: {fault['id']}, put right in {', '.join(fault['fix_versions']) or 'no version yet'}"
        for package in packages
        for fault in package.get("vulns", ())
    ]


def main() -> None:
    TOLD.mkdir(exist_ok=True)
    materials, licences = TOLD / "sbom.cdx.json", TOLD / "licences.csv"
    words = ("environment", "--output-reproducible", "--output-format", "JSON", "--output-file", str(materials), str(PYTHON))
    listed("bill of materials", materials, "cyclonedx_py", *words)
    print(f"{materials.relative_to(HERE)}: {len(json.loads(materials.read_text())['components'])} packages")
    listed("list of licences", licences, "piplicenses", f"--python={PYTHON}", "--with-urls", "--format=csv", f"--output-file={licences}")
    rows = list(csv.DictReader(licences.open()))
    unknown = [row["Name"] for row in rows if row["License"] == "UNKNOWN"]
    print(f"{licences.relative_to(HERE)}: {len(rows)} packages, without a licence in their metadata: {', '.join(unknown) or 'none'}")
    if faults := known_faults():
        sys.exit("make audit: known faults in installed packages:\n" + "\n".join(faults))


if __name__ == "__main__":
    main()
