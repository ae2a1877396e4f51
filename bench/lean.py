"""A lean page as Django's documentation would write it: session and user, a count, twenty-five rows, one template; no frame."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine

from workflows.models import Movement

PAGE = Engine().from_string("""<!doctype html>
<html lang="hi"><head><meta charset="utf-8"><title>{{ count }}</title></head><body><table>
<thead><tr><th>No.</th><th>Subject</th><th>Amount</th><th>Received</th><th>Due</th></tr></thead><tbody>
{% for row in rows %}<tr><td><a href="/files/{{ row.case_id }}/">{{ row.case.number }}</a></td><td>{{ row.case.subject }}</td>
<td>{{ row.case.amount }}</td><td>{{ row.received|date:"d-m-Y" }}</td><td>{{ row.due|date:"d-m-Y" }}</td></tr>{% endfor %}
</tbody></table></body></html>""")


@login_required
def lean(request: HttpRequest) -> HttpResponse:
    rows = Movement.objects.filter(disposed=None, office__postings__officer=request.user.pk).order_by("due", "pk")
    shown = rows.select_related("case").only("received", "due", "case__number", "case__subject", "case__amount")[:25]
    return HttpResponse(PAGE.render(Context({"count": rows.count(), "rows": list(shown)})))
