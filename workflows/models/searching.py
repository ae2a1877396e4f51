from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from workflows.models.files import Case


class Part(models.IntegerChoices):
    """From which part of a file indexed words are, besides its paragraphs, which stand under their numbers from 1."""

    NAMES = 0
    APPLICANT = -1


class IndexRow(models.Model):
    """Folded words of one part of a file, each after a space. Derived: written with each paragraph, made anew by ``rebuild_search``."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="index_rows", db_index=False)
    part = models.IntegerField(help_text="A paragraph's number; 0 for the names of the file, -1 for the applicant.")
    words = models.TextField()
    rules = models.PositiveSmallIntegerField(help_text="The folding rules that the words were folded by.")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["case", "part"], name="a_part_of_a_file_is_indexed_once")]


class SavedSearch(models.Model):
    """A search with its filters that an officer keeps under a name. It shows each reader what that reader may see."""

    officer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="searches", verbose_name=_("officer"))
    name = models.CharField(_("Name"), max_length=60)
    query = models.CharField(_("address of the search"), max_length=2000)

    class Meta:
        verbose_name = _("Saved search")
        verbose_name_plural = _("Saved searches")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["officer", "name"], name="saved_search_named_once_by_an_officer")]
