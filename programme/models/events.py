from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from programme.models.naming import Named
from programme.models.offices import Office, Officer
from programme.models.places import District, State
from programme.models.products import Product


class Topic(models.TextChoices):
    """What is talked about and planned: the topics of the Udyam Samagam (Uttar Pradesh, 2019) and of the Bilaspur meeting (2025)."""

    RAW_MATERIAL = "raw_material", _("Raw material")
    TECHNOLOGY = "technology", _("Technology and machinery")
    FACILITY_CENTRE = "facility_centre", _("Common facility centre")
    FINANCE = "finance", _("Finance")
    TRANSPORT = "transport", _("Transport")
    PACKAGING = "packaging", _("Packaging")
    BRANDING = "branding", _("Branding")
    SKILL = "skill", _("Skill development")
    EXPORT = "export", _("Export")
    E_MARKETING = "e_marketing", _("E-marketing")
    TRAINING = "training", _("Training of farmers and entrepreneurs")
    NATIONAL = "national", _("Strategy for the national market")
    INTERNATIONAL = "international", _("Strategy for international markets")


class EventKind(models.TextChoices):
    SAMAGAM = "samagam", _("Udyam Samagam")
    MEETING = "meeting", _("Review meeting")
    FAIR = "fair", _("Fair or exhibition")
    BUYER_SELLER_MEET = "buyer_seller_meet", _("Buyer-seller meet")
    REVERSE_MEET = "reverse_meet", _("Reverse buyer-seller meet")
    WORKSHOP = "workshop", _("Workshop")


class Event(Named):
    """Something the programme holds: in one district, or for the whole State when ``district`` is ``None``. Amounts in rupees.

    ``series`` joins the events of one programme, such as the Samagam of 2019. The planned days are the last ones planned; every
    change of them is an ``EventChange``.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=EventKind)
    state = models.ForeignKey(State, models.PROTECT, related_name="events", verbose_name=_("State"))
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("District"))
    series = models.SlugField(_("series"), max_length=40, blank=True)
    planned_from = models.DateField(_("planned from"))
    planned_to = models.DateField(_("planned to"))
    held_from = models.DateField(_("held from"), null=True, blank=True)
    held_to = models.DateField(_("held to"), null=True, blank=True)
    products = models.ManyToManyField(Product, related_name="events", blank=True, verbose_name=_("products that took part"))
    announced_total = models.DecimalField(_("letters of intent announced (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    announced_products = models.PositiveIntegerField(_("products announced with a letter of intent"), null=True, blank=True)
    source = models.TextField(_("source"), blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("Event")
        verbose_name_plural = _("Events")
        ordering = ["planned_from", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["series", "district"], condition=~Q(series=""), name="event_once_in_its_series"),
            models.CheckConstraint(condition=Q(planned_to__gte=F("planned_from")), name="event_planned_to_end_after_it_begins"),
            models.CheckConstraint(
                condition=Q(held_from=None, held_to=None) | Q(held_from__isnull=False, held_to__gte=F("held_from")),
                name="event_held_from_a_day_to_a_day",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="event_closed_by_somebody",
            ),
        ]


class EventChange(models.Model):
    """One re-planning of an event: the days before and after, the reason, and who. Only ever added to."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="changes")
    old_from = models.DateField()
    old_to = models.DateField()
    new_from = models.DateField()
    new_to = models.DateField()
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="event_change_has_a_reason"),
            models.CheckConstraint(condition=Q(new_to__gte=F("new_from")), name="event_change_ends_after_it_begins"),
        ]


class MatterKind(models.TextChoices):
    PROBLEM = "problem", _("Problem")
    SUGGESTION = "suggestion", _("Suggestion")
    DIRECTION = "direction", _("Direction")
    GAP = "gap", _("Gap")


class MatterOutcome(models.TextChoices):
    OPEN = "open", _("Open")
    SOLVED = "solved_on_the_spot", _("Solved on the spot")
    STARTED = "process_started", _("Process started")


class Matter(models.Model):
    """A problem, suggestion, direction or gap, in the words it was raised in. It is solved on the spot, or a process is started."""

    kind = models.CharField(_("kind"), max_length=12, choices=MatterKind)
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="matters", verbose_name=_("Event"))
    district = models.ForeignKey(District, models.PROTECT, related_name="matters", verbose_name=_("District"))
    topic = models.CharField(_("topic"), max_length=20, choices=Topic)
    text_hi = models.TextField(_("as said, in Hindi"), blank=True)
    text_en = models.TextField(_("as said, in English"), blank=True)
    owner = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answerable office"))
    due = models.DateField(_("due"), null=True, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=20, choices=MatterOutcome, default=MatterOutcome.OPEN)
    solution = models.TextField(_("how it was solved"), blank=True)
    file_number = models.CharField(_("file that was opened"), max_length=40, blank=True)
    task = models.TextField(_("task that was given"), blank=True)

    class Meta:
        verbose_name = _("Matter")
        verbose_name_plural = _("Matters")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text_hi="") | ~Q(text_en=""), name="matter_has_words"),
            models.CheckConstraint(
                condition=Q(outcome=MatterOutcome.OPEN, solution="", file_number="")
                | (Q(outcome=MatterOutcome.SOLVED) & ~Q(solution=""))
                | (Q(outcome=MatterOutcome.STARTED) & (~Q(file_number="") | (~Q(task="") & Q(due__isnull=False, owner__isnull=False)))),
                name="matter_is_open_solved_or_started",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:80]}"

    @property
    def text(self) -> str:
        """The words of the matter in the reader's language, or in the one they were said in."""
        said: tuple[Any, Any] = (self.text_hi, self.text_en) if (get_language() or "").startswith("hi") else (self.text_en, self.text_hi)
        return said[0] or said[1]


class LetterOfIntent(models.Model):
    """What a buyer has said he means to buy at an event, in rupees."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="letters", verbose_name=_("Event"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("Product"))
    seller = models.CharField(_("seller"), max_length=200)
    buyer = models.CharField(_("buyer"), max_length=200)
    amount = models.DecimalField(_("amount (₹)"), max_digits=14, decimal_places=2)
    dated = models.DateField(_("dated"))

    class Meta:
        verbose_name = _("Letter of intent")
        verbose_name_plural = _("Letters of intent")
        ordering = ["dated", "pk"]
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="letter_of_intent_is_for_something")]
