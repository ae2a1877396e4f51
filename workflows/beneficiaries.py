"""For whom files are, by the categories of targets: what the records say of applicants, and nothing that they do not say.

Loan applications alone know gender, category and what the applicant is; of other processes the answer is “not recorded”.
"""

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from programme.models import LoanApplication, TargetCategory
from programme.models.loans import Category, Gender, Tag
from workflows.flows import LoanFlow
from workflows.models import Case

RECORDED = (LoanFlow.slug,)


def is_recorded(kind: str) -> bool:
    """Say whether the records of a process know the category of whoever applies."""
    return kind in RECORDED


def facts(category: str) -> Q:
    """Return the condition for loan applications, which have their tags as ``tags_as_text``."""
    return {
        TargetCategory.WOMEN: Q(gender=Gender.FEMALE) | Q(category=Category.WOMAN) | _tagged(Tag.WOMAN),
        TargetCategory.SHG: _tagged(Tag.SHG),
        TargetCategory.SC_ST: Q(category__in=[Category.SC, Category.ST]),
        TargetCategory.YOUTH: _tagged(Tag.YOUTH),
        TargetCategory.FARMER: _tagged(Tag.FARMER),
        TargetCategory.ARTISAN: _tagged(Tag.ARTISAN),
    }[TargetCategory(category)]


def applications() -> QuerySet[LoanApplication]:
    """Return loan applications with their tags as text: no lookup reads a list on both databases."""
    return LoanApplication.objects.alias(tags_as_text=Cast("tags", TextField()))


def of_category(rows: QuerySet[Case], category: str) -> QuerySet[Case]:
    """Return the files whose applicant is of the category; none of a process that does not record it."""
    return rows.filter(kind__in=RECORDED, record_id__in=applications().filter(facts(category)).values("pk"))


def _tagged(tag: Tag) -> Q:
    return Q(tags_as_text__contains=f'"{tag.value}"')
