from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from programme import rules


class ProgrammeConfig(AppConfig):
    """What the State knows: offices, postings, products, proposals, norms, budget."""

    name = "programme"
    verbose_name = _("Programme")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # A rebuilt SQLite table has lost its triggers, so every migrate ends with them.
        post_migrate.connect(rules.install, sender=self)
