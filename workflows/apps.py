from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

from workflows.record import triggers
from workflows.searching import trigrams


class WorkflowsConfig(AppConfig):
    """How a file moves: who may act, what was written, where next, by when, and the proof."""

    name = "workflows"
    verbose_name = _("Workflows")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # The checks read the flows, which need every model loaded first.
        import_module("workflows.checks")
        # A rebuilt SQLite table has lost its triggers, so every migrate ends with them.
        pre_migrate.connect(triggers.make_way, sender=self)
        post_migrate.connect(triggers.install, sender=self)
        post_migrate.connect(import_module("workflows.summing").after_migrating, sender=self)
        # Asked each time, because a State may let its database have the extension later.
        post_migrate.connect(trigrams.install, sender=self)
