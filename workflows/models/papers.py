import uuid

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from programme.models import Office
from workflows.models.files import Case, Movement
from workflows.models.objection_kinds import ObjectionKind
from workflows.models.order_kinds import OrderKind
from workflows.models.record import Noting


def paper_storage():
    return storages["papers"]


class Draft(models.Model):
    """What an office has typed and not yet signed. Kept as typed, so that nothing is lost on the way."""

    key = models.UUIDField(_("form key"), primary_key=True)
    kind = models.SlugField(_("process"), max_length=40, db_index=False)
    office = models.ForeignKey(Office, models.PROTECT, related_name="drafts", verbose_name=_("office"))
    movement = models.OneToOneField(Movement, models.CASCADE, null=True, related_name="draft")
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    typed = models.JSONField(_("as typed"), default=dict)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("prepared by"))
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False, verbose_name=_("saved by"))
    # Who last wrote on it without the right to sign it himself.
    prepared_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False)
    saved_at = models.DateTimeField(_("saved at"), auto_now=True)
    # The workbooks it was begun from: name, SHA-256 and rows of each. What is signed says so.
    origin = models.JSONField(default=list, blank=True)

    class Meta:
        default_permissions = ()


class Enclosure(models.Model):
    """A paper received with a file. A corrected paper replaces the earlier one, which stays readable."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="enclosures", verbose_name=_("file"))
    draft = models.ForeignKey(Draft, models.SET_NULL, null=True, related_name="enclosures")
    kind = models.SlugField(_("kind of paper"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)
    stored = models.FileField(storage=paper_storage)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added at"), auto_now_add=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaces")

    class Meta:
        verbose_name = _("Enclosure")
        verbose_name_plural = _("Enclosures")
        default_permissions = ()
        indexes = [models.Index(fields=["case", "kind"], name="papers_of_a_file")]


class Objection(models.Model):
    """What a returning officer objects to: one field or one paper of the file, in his words."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="objections", verbose_name=_("file"))
    noting = models.ForeignKey(Noting, models.PROTECT, related_name="objections")
    to = models.CharField(_("about"), max_length=80, help_text=_("A field's name, or paper: and its kind."))
    text = models.TextField(_("objection"), max_length=1000)
    # Empty where it was raised before kinds were asked for.
    code = models.SlugField(_("kind of objection"), max_length=40, choices=ObjectionKind.choices, blank=True)
    repeated = models.BooleanField(_("raised before on the same point"), default=False)
    late = models.BooleanField(_("could have been raised the first time"), default=False)
    answer = models.TextField(_("answer"), max_length=1000, blank=True)
    answered_in = models.ForeignKey(Noting, models.PROTECT, null=True, related_name="answers")
    taken_back_in = models.ForeignKey(Noting, models.PROTECT, null=True, related_name="+")

    class Meta:
        default_permissions = ()


class Order(models.Model):
    """A paper issued on a file and said in one paragraph. Numbers of a process, kind and financial year have no gaps."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="orders", verbose_name=_("file"))
    kind = models.CharField(_("kind"), max_length=20, choices=OrderKind.choices)
    number = models.CharField(_("order number"), max_length=60, unique=True)
    issued_on = models.DateField(_("issued on"))
    amount = models.DecimalField(_("amount (₹)"), max_digits=14, decimal_places=2, null=True)
    key = models.UUIDField(_("public key"), unique=True, default=uuid.uuid4, help_text=_("The end of its public address."))
    noting = models.OneToOneField(Noting, models.PROTECT, related_name="order")

    class Meta:
        verbose_name = _("Order")
        verbose_name_plural = _("Orders")
        default_permissions = ()
        ordering = ["pk"]


class OrderPaper(models.Model):
    """One printing of an order. The same bytes are handed out for ever, so that anybody's copy can be compared."""

    LANGUAGES = [("hi", _("Hindi")), ("en", _("English")), ("both", _("Hindi and English"))]

    order = models.ForeignKey(Order, models.PROTECT, related_name="papers", verbose_name=_("Order"))
    language = models.CharField(_("language"), max_length=4, choices=LANGUAGES)
    stored = models.FileField(storage=paper_storage)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField(_("size in bytes"))
    signed = models.BooleanField(_("digitally signed"))
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["order", "language"], name="an_order_is_printed_once_a_language")]

    @property
    def name(self) -> str:
        """The file name under which it is saved: the order's number and the language."""
        return self.named(self.order.number, self.language)

    @staticmethod
    def named(number: str, language: str) -> str:
        return f"{number.replace('/', '-')}-{language}.pdf"

    @property
    def content_type(self) -> str:
        return "application/pdf"
