"""A six-step approval as viewflow's own documentation writes it, with its own pages: what a project has that adds nothing."""

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.flow import views
from viewflow.workflow.models import Process


class StockFlow(flow.Flow):
    """Six steps of people, one after the other, on the package's own process and tasks."""

    process_class = Process
    process_title = "Stock approval"

    start = flow.Start(views.CreateProcessView.as_view(fields=[])).Next(this.second)
    second = flow.View(views.UpdateProcessView.as_view(fields=[])).Next(this.third)
    third = flow.View(views.UpdateProcessView.as_view(fields=[])).Next(this.fourth)
    fourth = flow.View(views.UpdateProcessView.as_view(fields=[])).Next(this.fifth)
    fifth = flow.View(views.UpdateProcessView.as_view(fields=[])).Next(this.sixth)
    sixth = flow.View(views.UpdateProcessView.as_view(fields=[])).Next(this.end)
    end = flow.End()

    def has_view_permission(self, user: object, obj: object = None) -> bool:
        return True

    def has_manage_permission(self, user: object, obj: object = None) -> bool:
        return True
