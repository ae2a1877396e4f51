"""The addresses of the interface. Version 1 only gains: what is there keeps its name and its meaning."""

from django.urls import path

from workflows.api import entries, reading, registers, reports, schema

urlpatterns = [
    path("", schema.page, name="api"),
    path("v1/openapi.yaml", schema.openapi, name="openapi"),
    path("v1/files/", reading.Files.as_view(), name="api_files"),
    path("v1/files/<row:pk>/", reading.File.as_view(), name="api_file"),
    path("v1/files/<row:pk>/notings/", reading.Notings.as_view(), name="api_notings"),
    path("v1/movements/", reading.Movements.as_view(), name="api_movements"),
    path("v1/orders/", reading.Orders.as_view(), name="api_orders"),
    *(path(f"v1/registers/{name}/", view.as_view(), name=f"api_{name}") for name, view in registers.VIEWS.items()),
    *(path(f"v1/registers/{key}/", view.as_view(), name=f"api_{key}") for key, view in entries.LISTS.items()),
    *(
        path(f"v1/registers/{key}/<row:entry>/history/", view.as_view(), name=f"api_{key}_history")
        for key, view in entries.HISTORIES.items()
    ),
    path("v1/reports/", reports.Reports.as_view(), name="api_reports"),
    *(path(f"v1/reports/{key}/", view.as_view(), name=f"api_report_{key}") for key, view in reports.VIEWS.items()),
]
