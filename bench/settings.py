"""The product's own settings, and beside them what stock viewflow needs to be measured in the same process."""

from project.settings import *  # noqa: F403
from project.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "viewflow", "bench"]
ROOT_URLCONF = "bench.urls"
