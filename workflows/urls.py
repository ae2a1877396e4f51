"""Every address of the product. Their names are fixed; the access table in the tests has a row for each."""

from django.urls import path, register_converter
from django.urls.converters import IntConverter

from workflows.pages import account, drafts, entitlement, files, health, inbox, jobs, orders, papers, seals, sittings, source, steps
from workflows.pages.setup import site


class RowNumber(IntConverter):
    """A number a row can have: longer ones are no address, and no database is asked for them."""

    regex = "[0-9]{1,18}"


register_converter(RowNumber, "row")

urlpatterns = [
    path("", inbox.waiting, name="inbox"),
    path("sign-in/", account.sign_in, name="sign_in"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("try/", account.try_as, name="try_as"),
    path("language/", account.set_language, name="set_language"),
    path("files/", files.files, name="files"),
    path("files/<row:pk>/", files.file, name="file"),
    path("files/<row:pk>/history/", files.file_history, name="history"),
    path("files/<row:pk>/record.jsonl", files.record_lines, name="record_lines"),
    path("files/<row:pk>/papers/<row:paper>/", papers.paper, name="paper"),
    path("files/<row:pk>/order/", orders.order, name="order"),
    path("files/<row:pk>/letters/<row:letter>/", orders.letter, name="letter"),
    path("files/<row:pk>/letters/<row:letter>/<slug:language>.pdf", orders.letter_pdf, name="letter_pdf"),
    path("orders/<uuid:key>/", orders.public_order, name="public_order"),
    path("files/<row:pk>/acknowledgement/", files.acknowledgement, name="acknowledgement"),
    path("files/<row:pk>/withdraw/", steps.withdraw, name="withdraw"),
    path("steps/<row:pk>/", steps.step, name="step"),
    path("steps/<row:pk>/decide/", steps.decide, name="decide"),
    path("new/", drafts.new, name="new"),
    path("new/<slug:kind>/", drafts.begin, name="begin"),
    path("new/<slug:kind>/<uuid:key>/", drafts.draft, name="draft"),
    path("drafts/<uuid:key>/papers/<row:paper>/", papers.draft_paper, name="draft_paper"),
    path("jobs/", jobs.jobs_page, name="jobs"),
    path("jobs/<row:pk>/", jobs.job_page, name="job"),
    path("jobs/<row:pk>/cancel/", jobs.cancel, name="cancel_job"),
    path("jobs/<row:pk>/retry/", jobs.retry, name="retry_job"),
    path("entitlement/", entitlement.entitlement, name="entitlement"),
    path("sittings/", sittings.sittings, name="sittings"),
    path("sittings/new/", sittings.new, name="new_sitting"),
    path("sittings/<row:pk>/", sittings.sitting, name="sitting"),
    path("sittings/<row:pk>/agenda/", sittings.put_on_agenda, name="put_on_agenda"),
    path("sittings/<row:pk>/call-off/", sittings.call_off, name="call_off"),
    path("sittings/<row:pk>/minutes/", sittings.minutes_page, name="minutes"),
    path("sittings/<row:pk>/sign/", sittings.sign, name="sign_minutes"),
    path("seals/", seals.seals, name="seals"),
    path("seals/anchors.txt", seals.anchors, name="anchors"),
    path("health/", health.health, name="health"),
    path("healthz", health.alive, name="alive"),
    path("source.tar.gz", source.source, name="source"),
    path("setup/", site.urls),
]
