"""Self-help groups, enterprises and sellers, what they ask for, and the stories told of them."""

from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from programme.calendar import today
from programme.identity import IdentityKind
from programme.models import Officer, Seller, SuccessStory, SupportRequest
from programme.sellers import alike_words
from workflows.forms.fields import MobileField
from workflows.forms.identity import IdentityField
from workflows.registers.declaring import Column, Register, Standing, Table, open_first
from workflows.registers.forms import EntryForm
from workflows.registers.linking import digits_day, entries_table
from workflows.sheets.columns import Type


class SellerForm(EntryForm):
    """The Udyam number leaves the form as its keyed hash; an empty field leaves the one that is kept."""

    sections = [
        (_("Who it is"), ["kind", "district", "name_en", "name_hi", "place", "udyam", "products"]),
        (_("Members"), ["members", "women", "scheduled", "youth"]),
        (_("Contact, shown to the offices that keep this entry alone"), ["contact_name", "contact_mobile"]),
    ]
    contact_mobile = MobileField(label=_("Mobile number of the contact"), required=False)
    udyam = IdentityField(IdentityKind.UDYAM, label=_("Udyam registration"), required=False)

    class Meta(EntryForm.Meta):
        model = Seller
        fields = (
            "kind", "district", "name_en", "name_hi", "place", "products", "members", "women", "scheduled", "youth", "exports",
            "public", "active", "contact_name", "contact_mobile", "source",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kept := self.instance.identity("udyam"):
            self.fields["udyam"].widget.attrs["placeholder"] = kept.shown

    def _post_clean(self) -> None:
        if identity := self.cleaned_data.get("udyam"):
            self.instance.set_identity("udyam", identity)
        super()._post_clean()


def _linked(seller: Seller, officer: Officer) -> list[Table]:
    ways = seller.onboardings.filter(removed_why="").select_related("channel")
    supplies = seller.supplies.filter(removed_why="").select_related("demand__campaign")
    asked = seller.requests.filter(removed_why="")
    return [
        entries_table(
            _("On the way to channels of sale"), [_("Channel of sale"), _("Standing")], ways, lambda way: [way.channel.name, way.standing]
        ),
        entries_table(
            _("Supplies to campaigns"),
            [_("Demand"), _("quantity"), _("delivered")],
            supplies,
            lambda supply: [str(supply.demand), str(supply.quantity), str(supply.delivered)],
        ),
        entries_table(
            _("Help that was asked for"),
            [_("kind"), _("closed on")],
            asked,
            lambda row: [row.get_kind_display(), digits_day(row.closed_on) or "—"],
        ),
    ]


SELLERS = Register(
    model=Seller,
    title=_("Sellers and groups"),
    one=_("Seller or group"),
    about=_("Self-help groups, enterprises, artisans and farmers behind the products of the districts."),
    form=SellerForm,
    columns=(
        "name_en",
        "kind",
        "district",
        "members",
        "women",
        "scheduled",
        "youth",
        "exports",
        Column("udyam", _("Udyam registration"), lambda seller: f"…{seller.udyam_last4}" if seller.udyam_last4 else "", Type.TEXT, 14),
    ),
    search=("name_en", "name_hi", "place"),
    filters=("kind", "district", "exports"),
    standings=(Standing("women", _("Women are half or more"), lambda: Q(pk__in=_of_women())),),
    related=("district__state",),
    titled_by=("name_en",),
    tables=_linked,
    warnings=lambda seller: [said for said in [alike_words(seller)] if said],
)


def _of_women() -> Any:
    """Half of the members or more are women."""
    return Seller.objects.filter(members__gt=0, women__gte=F("members") - F("women")).values("pk")


class SupportForm(EntryForm):
    class Meta(EntryForm.Meta):
        model = SupportRequest
        fields = ("seller", "kind", "text_hi", "text_en", "asked_on", "owner", "due", "expert", "matter", "outcome", "closed_on")

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        self.day_not_ahead("asked_on", "closed_on")
        self.in_order("asked_on", "closed_on")
        if data.get("closed_on") and not data.get("outcome"):
            self.add_error("outcome", _("Write what came of it."))
        if not (data.get("text_hi") or data.get("text_en")):
            self.add_error("text_hi", _("Write what is asked for, in Hindi or in English."))
        return data


SUPPORT = Register(
    model=SupportRequest,
    order=open_first(Q(closed_on__isnull=False)),
    title=_("Requests for support"),
    one=_("Request for support"),
    about=_("Help with design, quality, packaging or a market that groups asked for, until it is closed with an outcome."),
    form=SupportForm,
    columns=("seller", "kind", "asked_on", "owner", "due", "expert", "closed_on"),
    search=("seller__name_en", "seller__name_hi", "text_en", "text_hi", "expert"),
    filters=("district", "kind"),
    standings=(
        Standing("open", _("Open"), lambda: Q(closed_on=None)),
        Standing("overdue", _("Overdue"), lambda: Q(closed_on=None, due__lt=today())),
        Standing("closed", _("Closed"), lambda: Q(closed_on__isnull=False)),
    ),
    related=("seller__district__state", "owner__designation", "owner__district"),
    titled_by=("seller", "kind"),
)


class StoryForm(EntryForm):
    class Meta(EntryForm.Meta):
        model = SuccessStory
        fields = (
            "district", "product", "seller", "title_en", "title_hi", "text_en", "text_hi", "languages", "outlets", "published_on", "public",
        )  # fmt: skip


STORIES = Register(
    model=SuccessStory,
    title=_("Success stories"),
    one=_("Success story"),
    about=_("Stories that were published: of which district and product, in which languages and outlets."),
    form=StoryForm,
    columns=("title_en", "district", "product", "languages", "outlets", "published_on"),
    search=("title_en", "title_hi", "outlets", "languages"),
    filters=("district",),
    related=("district__state", "product", "seller"),
    titled_by=("title_en",),
)
