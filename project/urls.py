from django.urls import include, path

from project import metrics

urlpatterns = [path("metrics", metrics.page, name="metrics"), path("", include("workflows.urls"))]

# Django looks for these names here and nowhere else.
handler400 = "workflows.pages.problems.bad_request"
handler403 = "workflows.pages.problems.forbidden"
handler404 = "workflows.pages.problems.not_found"
handler500 = "workflows.pages.problems.server_error"
