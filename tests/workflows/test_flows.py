"""The graph itself: names that stored rows depend on, the checks that refuse unsafe processes, the pages drawn from it."""

from io import StringIO
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow.lock import no_lock

from programme.models import ExhibitionProposal, ProductProposal
from programme.powers import Power
from tests.files import a_file
from workflows import checks
from workflows.flows import FLOWS, ExhibitionFlow
from workflows.forms.exhibition import ProposalForm, ScrutinyForm
from workflows.models.outcomes import RECOMMEND, RETURN, SUBMIT
from workflows.nodes import DEPARTMENT, DISTRICT, Begin, CaseFlow, Ending, Step
from workflows.record import triggers

NAMES = Path(__file__).with_name("names.txt")


def test_names_that_stored_rows_depend_on_have_not_changed():
    found = "\n".join(checks.names()) + "\n"
    assert found == NAMES.read_text(encoding="utf-8"), (
        "A flow, node or way out was renamed, moved or removed. Open files store these names: "
        "write a data migration, then copy the new names to names.txt."
    )


def test_every_process_passes_its_checks():
    assert [error for flow in FLOWS.values() for error in checks.faults(flow)] == []


def found_in(flow) -> set[str]:
    return {error.id for error in checks.faults(flow)}


class Sound(CaseFlow):
    process_title = _("Sound")
    slug, prefix, scheme, record = "sound", "SND", "SOUND", ExhibitionProposal
    propose = Begin(ProposalForm, "Propose").By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Next(this.scrutinise)
    scrutinise = Step(ScrutinyForm, "Scrutinise").By(Power.SCRUTINISE_EXHIBITION, at=DEPARTMENT).Within(days=1).On(RECOMMEND, this.ended)
    ended = Ending("Ended", good=True)


def test_a_sound_flow_has_no_fault():
    assert found_in(Sound) == set()


def test_a_flow_without_the_databases_lock_is_refused():
    class Unlocked(CaseFlow):
        process_title = _("Unlocked")
        lock_impl = no_lock
        slug, prefix, scheme, record = "unlocked", "UNL", "UNLOCKED", ExhibitionProposal
        propose = Begin(ProposalForm, "Propose").By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Next(this.ended)
        ended = Ending("Ended")

    assert found_in(Unlocked) == {"workflows.E001"}


def test_a_step_without_power_clock_or_way_out_is_refused():
    class Loose(CaseFlow):
        process_title = _("Loose")
        slug, prefix, scheme, record = "loose", "LOO", "LOOSE", ExhibitionProposal
        propose = Begin(ProposalForm, "Propose").By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Next(this.scrutinise)
        scrutinise = Step(ScrutinyForm, "Scrutinise")
        ended = Ending("Ended")

    assert found_in(Loose) == {"workflows.E004", "workflows.E005", "workflows.E006", "workflows.E009", "workflows.E010"}


def test_a_step_that_only_loops_is_refused():
    class Endless(CaseFlow):
        process_title = _("Endless")
        slug, prefix, scheme, record = "endless", "END", "ENDLESS", ExhibitionProposal
        propose = Begin(ProposalForm, "Propose").By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Next(this.scrutinise)
        scrutinise = Step(ScrutinyForm, "Scrutinise").By(Power.SCRUTINISE_EXHIBITION, at=DEPARTMENT).Within(days=1).On(RETURN, this.correct)
        correct = Step(ProposalForm, "Correct").By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Within(days=1).On(SUBMIT, this.scrutinise)

    assert found_in(Endless) == {"workflows.E010"}


def test_versions_that_could_not_be_repaired_or_brought_on_are_refused():
    class Later(CaseFlow):
        process_title = _("Sound")
        slug, prefix, scheme, version, record = "sound", "SND", "SOUND", 2, ProductProposal
        arrives = {"scrutinise": "ended", "looked": "gone"}
        propose = Begin(ProposalForm, "Propose").By(Power.PROPOSE_EXHIBITION, at=DISTRICT).Next(this.ended)
        ended = Ending("Ended", good=True)
        cancelled = Ending("Cancelled", by_repair=True)

    found = [error.id for error in checks.version_faults([Sound, Later])]
    assert found == ["workflows.E019", "workflows.E020", "workflows.E020", "workflows.E021"]
    assert found_in(Later) == set(), "no step leads to the ending of a repair"


def test_a_flow_with_nodes_cannot_be_inherited():
    with pytest.raises(TypeError, match="inherits from a flow that has nodes"):
        type("Child", (ExhibitionFlow,), {"process_title": _("Child"), "__module__": __name__})


def test_a_flow_without_a_title_is_refused():
    with pytest.raises(TypeError, match="process_title"):
        type("Untitled", (CaseFlow,), {"__module__": __name__})


def test_the_written_pages_are_current():
    call_command("make_docs", check=True, to=settings.BASE_DIR / "docs", stdout=StringIO())


def test_a_stale_page_is_named(tmp_path):
    call_command("make_docs", to=tmp_path, stdout=StringIO())
    (tmp_path / "powers.md").write_text("old")
    with pytest.raises(CommandError, match=r"powers\.md"):
        call_command("make_docs", check=True, to=tmp_path, stdout=StringIO())


def test_the_drawing_shows_every_return_and_every_ending():
    drawn = fromstring((settings.BASE_DIR / "docs/processes/exhibition.bpmn").read_bytes())  # noqa: S314 -- our own drawing
    spec = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
    arrows = {(flow.get("sourceRef"), flow.get("targetRef")): flow.get("name") for flow in drawn.iter(f"{spec}sequenceFlow")}
    ends = {node.get("id") for node in drawn.iter(f"{spec}endEvent")}
    assert ends == {"id_node_closed", "id_node_rejected", "id_node_withdrawn", "id_node_cancelled"}
    for node in ExhibitionFlow.in_order():
        for way in getattr(node, "ways", []):
            for target in way.targets:
                assert way.outcome.value in arrows[f"id_node_{node.name}", f"id_node_{target.name}"]


@pytest.mark.django_db
def test_a_missing_trigger_is_named_by_the_checks_and_does_not_keep_migrate_from_putting_it_back():
    assert checks.record_is_guarded(None, databases=["default"]) == []
    triggers.remove()
    found = checks.record_is_guarded(None, databases=["default"])
    assert found and not any(warning.is_serious() for warning in found)
    triggers.install()
    assert checks.record_is_guarded(None, databases=["default"]) == []


@pytest.mark.django_db
def test_an_open_file_at_a_step_that_is_gone_is_named_by_the_checks():
    case = a_file()
    assert checks.open_files_have_a_step(None, databases=["default"]) == []
    case.movements.filter(disposed=None).update(step="forgotten")
    assert [warning.id for warning in checks.open_files_have_a_step(None, databases=["default"])] == ["workflows.W001"]
