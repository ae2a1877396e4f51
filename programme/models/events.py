from textwrap import shorten
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from programme.bilingual import reads_hindi
from programme.models.entries import Entry
from programme.models.naming import Named
from programme.models.offices import Department, Office, Officer
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
    SAMPARK = "sampark", _("ODOP Sampark workshop")
    MEETING = "meeting", _("Review meeting")
    FAIR = "fair", _("Fair or exhibition")
    BUYER_SELLER_MEET = "buyer_seller_meet", _("Buyer-seller meet")
    REVERSE_MEET = "reverse_meet", _("Reverse buyer-seller meet")
    TRAINING = "training", _("Training batch")
    WORKSHOP = "workshop", _("Workshop")
    LAUNCH = "launch", _("Launch")
    PRESS = "press", _("Press conference")


class EventLevel(models.TextChoices):
    DISTRICT = "district", _("District")
    DEPARTMENT = "department", _("Department")
    STATE = "state", pgettext_lazy("level of an event", "State")
    NATIONAL = "national", _("National")


class SessionKind(models.TextChoices):
    """What a session of an event is, as the Samagam of 2019 and the meet at Shimla of 2026 had them."""

    INAUGURAL = "inaugural", _("Opening")
    EXHIBITION = "exhibition", _("Exhibition")
    BUYER_SELLER = "buyer_seller", _("Buyers and sellers, one to one")
    EXPERT = "expert", _("Talk of a subject expert")
    SEMINAR = "seminar", _("Seminar")
    WORKSHOP = "workshop", _("Workshop")
    PANEL = "panel", _("Panel")
    PROBLEMS = "problems", _("Hearing of problems")
    TRAINING = "training", _("Training")


class ParticipantKind(models.TextChoices):
    """Who takes part, as the Sampark workshops (2024) and the press pieces name them."""

    OFFICIALS = "officials", _("Officials")
    SELLERS = "sellers", _("ODOP sellers")
    BUYERS = "buyers", _("Buyers")
    ENTREPRENEURS = "entrepreneurs", _("Entrepreneurs")
    ARTISANS = "artisans", _("Artisans")
    FARMERS = "farmers", _("Farmers")
    GROUPS = "groups", _("Members of self-help groups")
    WOMEN = "women", _("Women, among all")
    YOUTH = "youth", _("Young people, among all")
    BANKS = "banks", _("Banks and finance bodies")
    INDUSTRY = "industry", _("Industry bodies")
    COMPANIES = "companies", _("E-commerce companies")
    MEDIA = "media", _("Media")
    OTHERS = "others", _("Others")


class Event(Entry, Named):
    """Something the programme holds: in one district, or for the whole State when ``district`` is ``None``. Amounts in rupees.

    ``series`` joins the events of one programme, such as the Samagam of 2019. The planned days are the last ones planned; every
    change of them is an ``EventChange``. The day of the document that tells of it, and the day it was entered, are others.
    """

    REGISTER = "events"

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
    level = models.CharField(_("level"), max_length=12, choices=EventLevel, default=EventLevel.DISTRICT)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    organiser = models.CharField(_("organiser"), max_length=200, blank=True)
    agenda = models.TextField(_("subject or agenda"), max_length=2000, blank=True)
    chair = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("chaired by the post"))
    chair_person = models.CharField(_("who held the post on that day"), max_length=200, blank=True)
    administration = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answerable for the administration")
    )
    industries = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answerable for the industries department")
    )
    sessions = models.JSONField(_("sessions"), default=list, blank=True)
    participants = models.JSONField(_("who took part"), default=list, blank=True)
    attendance = models.JSONField(_("departments present"), default=list, blank=True)
    outcomes = models.TextField(_("what came of it"), max_length=4000, blank=True)
    document_date = models.DateField(_("date of the document"), null=True, blank=True)
    reference = models.CharField(_("number of the document outside"), max_length=80, blank=True)
    source = models.TextField(_("source"), blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, editable=False, related_name="+")

    class Meta:
        verbose_name = _("Event")
        verbose_name_plural = _("Events")
        ordering = ["planned_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "district"],
                condition=~Q(series="") & Q(removed_why=""),
                name="event_once_in_its_series",
                violation_error_message=_("The district has its event in this series already."),
            ),
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

    def bar_to_change(self) -> str:
        return gettext("The event is closed: what it says is no longer changed.") if self.closed_at else ""


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
    GAP = "gap", _("Market gap")


class MatterOutcome(models.TextChoices):
    OPEN = "open", _("Open")
    SOLVED = "solved_on_the_spot", _("Solved on the spot")
    STARTED = "process_started", _("Process started")


class Matter(Entry):
    """A problem, suggestion, direction or gap, in the words it was raised in. It is solved on the spot, or a process is started.

    A started process is a file, or a dated task of an answerable office, which is done on a day and with words.
    """

    REGISTER = "matters"

    kind = models.CharField(_("kind"), max_length=12, choices=MatterKind)
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="matters", verbose_name=_("Event"))
    state = models.ForeignKey(State, models.PROTECT, related_name="+", verbose_name=_("State"))
    district = models.ForeignKey(District, models.PROTECT, null=True, blank=True, related_name="matters", verbose_name=_("District"))
    topic = models.CharField(_("topic"), max_length=20, choices=Topic)
    text_hi = models.TextField(_("as said, in Hindi"), blank=True)
    text_en = models.TextField(_("as said, in English"), blank=True)
    raised_by = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("raised by the department")
    )
    owner = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answerable office"))
    due = models.DateField(_("due"), null=True, blank=True)
    outcome = models.CharField(_("what came of it"), max_length=20, choices=MatterOutcome, default=MatterOutcome.OPEN)
    solution = models.TextField(_("how it was solved"), blank=True)
    file_number = models.CharField(_("file that was opened"), max_length=40, blank=True)
    task = models.TextField(_("task that was given"), blank=True)
    done_on = models.DateField(_("task done on"), null=True, blank=True)
    done_how = models.TextField(_("how it was done"), max_length=2000, blank=True)

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
            models.CheckConstraint(
                condition=Q(done_on=None, done_how="") | (Q(done_on__isnull=False) & ~Q(done_how="") & ~Q(task="")),
                name="matter_task_done_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {shorten(self.text, 90, placeholder=' …')}"

    @property
    def text(self) -> str:
        """The words of the matter in the reader's language, or in the one they were said in."""
        said: tuple[Any, Any] = (self.text_hi, self.text_en) if reads_hindi() else (self.text_en, self.text_hi)
        return said[0] or said[1]


# From the intention to money: each is a running total in rupees with the day of its last change.
STAGES = ("ordered", "supplied", "realised")


class LetterOfIntent(Entry):
    """What a buyer has said he means to buy at an event, and what became of it, in rupees. It belongs to the district of its product.

    What was ordered, supplied and realised are running totals with the day of the last change; the history holds each step.
    """

    REGISTER, STATE, DISTRICT = "letters", "event__state", "product__district"

    event = models.ForeignKey(Event, models.PROTECT, related_name="letters", verbose_name=_("Event"))
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", verbose_name=_("Product"))
    seller = models.CharField(_("seller"), max_length=200)
    buyer = models.CharField(_("buyer"), max_length=200)
    amount = models.DecimalField(_("amount (₹)"), max_digits=14, decimal_places=2)
    dated = models.DateField(_("dated"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    ordered = models.DecimalField(_("ordered so far (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    ordered_on = models.DateField(_("last order on"), null=True, blank=True)
    supplied = models.DecimalField(_("supplied so far (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    supplied_on = models.DateField(_("last supply on"), null=True, blank=True)
    realised = models.DecimalField(_("realised so far (₹)"), max_digits=14, decimal_places=2, null=True, blank=True)
    realised_on = models.DateField(_("last payment on"), null=True, blank=True)

    class Meta:
        verbose_name = _("Letter of intent")
        verbose_name_plural = _("Letters of intent")
        ordering = ["dated", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="letter_of_intent_is_for_something"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("dated")), name="letter_of_intent_is_valid_from_its_day"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{stage: None, f"{stage}_on": None}) | Q(**{f"{stage}__gt": 0, f"{stage}_on__gte": F("dated")}),
                    name=f"letter_of_intent_{stage}_on_a_day",
                )
                for stage in STAGES
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seller} – {self.buyer}"

    def doubts(self) -> list[str]:
        """Say, in the reader's language, what is unusual and may yet be right: advances are paid, and orders grow by telephone."""
        said: list[str] = []
        if (self.supplied or 0) > (self.ordered or 0):
            said.append(gettext("More is supplied than was ordered."))
        if (self.realised or 0) > (self.supplied or 0):
            said.append(gettext("More is realised than was supplied."))
        if (self.ordered or 0) > self.amount:
            said.append(gettext("More is ordered than the letter is for."))
        return said
