"""Every address of the product. Their names are fixed; the access table in the tests has a row for each."""

from django.urls import path

from workflows.pages import account, drafts, files, health, inbox, papers, seals, source, steps
from workflows.pages.setup import site

urlpatterns = [
    path("", inbox.waiting, name="inbox"),
    path("sign-in/", account.sign_in, name="sign_in"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("try/", account.try_as, name="try_as"),
    path("language/", account.set_language, name="set_language"),
    path("files/", files.files, name="files"),
    path("files/<int:pk>/", files.file, name="file"),
    path("files/<int:pk>/history/", files.file_history, name="history"),
    path("files/<int:pk>/record.jsonl", files.record_lines, name="record_lines"),
    path("files/<int:pk>/papers/<int:paper>/", papers.paper, name="paper"),
    path("files/<int:pk>/order/", files.order, name="order"),
    path("files/<int:pk>/withdraw/", steps.withdraw, name="withdraw"),
    path("steps/<int:pk>/", steps.step, name="step"),
    path("steps/<int:pk>/decide/", steps.decide, name="decide"),
    path("new/<slug:kind>/", drafts.begin, name="begin"),
    path("new/<slug:kind>/<uuid:key>/", drafts.draft, name="draft"),
    path("drafts/<uuid:key>/papers/<int:paper>/", papers.draft_paper, name="draft_paper"),
    path("seals/", seals.seals, name="seals"),
    path("seals/anchors.txt", seals.anchors, name="anchors"),
    path("health/", health.health, name="health"),
    path("healthz", health.alive, name="alive"),
    path("source.tar.gz", source.source, name="source"),
    path("setup/", site.urls),
]
