"""The activities on a department's board as a list that goes out."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.boards import departments
from workflows.boards.departments import ActivityLine
from workflows.exports.boards import year_in
from workflows.exports.declaring import Asked, Heading, Line, Listed, one_by_one
from workflows.exports.files import DISTRICT
from workflows.sheets.columns import Type


def _rows(asked: Asked) -> list[ActivityLine]:
    department = departments.found(asked.officer, asked.query.get("department", ""))
    told = departments.department_board(asked.officer, department, year_in(asked.query))
    return told.of(asked.query.get("activities", ""))


def _line(activity: ActivityLine, asked: Asked) -> Line:
    return {
        "activity": activity.title,
        "district": activity.district,
        "ends_on": activity.ends_on,
        "standing": activity.status_title,
        "late": activity.late,
    }


DEPARTMENT = Listed(
    name="department",
    title=lambda asked: _("Activities in the action plans %(year)s") % {"year": year_in(asked.query)},
    headings=(
        Heading("activity", gettext_lazy("Activity"), Type.TEXT, 50),
        DISTRICT,
        Heading("ends_on", gettext_lazy("Last day"), Type.DATE, 13),
        Heading("standing", gettext_lazy("Standing"), Type.TEXT, 24),
        Heading("late", gettext_lazy("Past the last day"), Type.YES_NO, 14),
    ),
    rows=_rows,
    lines=one_by_one(_line),
)
