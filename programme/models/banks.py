from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models.naming import Named


class Bank(Named):
    """A bank that lends under the programme's schemes; every IFSC of its branches begins with the four letters of ``ifsc``."""

    code = models.SlugField(_("code"), max_length=20, primary_key=True)
    ifsc = models.CharField(_("beginning of its IFSC"), max_length=4, unique=True)

    class Meta:
        verbose_name = _("Bank")
        verbose_name_plural = _("Banks")
        ordering = ["name_en"]
