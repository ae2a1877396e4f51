"""The clock alone: sends the names of tasks on their schedule. ``python -m project.beating FILE``, where FILE keeps what was sent when.

``celery beat`` does the same, but first imports every task and with them the whole project, which it never calls.
"""

import sys
import warnings

from celery.apps.beat import Beat
from django.conf import settings
from django.utils.log import configure_logging

from project.celery import app


class Clock(Beat):
    """Celery's beat without the tasks themselves."""

    def init_loader(self) -> None:
        self.app.finalize()


def main() -> None:
    # Django says so because the beat loads no applications at all.
    warnings.filterwarnings("ignore", message="Accessing the database during app initialization")
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    Clock(app=app, schedule=sys.argv[1], quiet=True).run()


if __name__ == "__main__":
    main()
