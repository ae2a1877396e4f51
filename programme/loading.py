"""Load what a State is: places, posts, offices, products, heads, norms, holidays.

Two kinds of table. What the files rule (names of places, sectors, departments, banks, designations and their powers) is
brought in step with them. What the State rules once it has begun (weekly offs, office addresses, the product register,
budget heads, norms, holidays) is only begun by the files: a later load changes nothing in it and brings back nothing
that was deleted or withdrawn. Aliases of districts are added, never taken away.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import holidays
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.text import slugify

from programme.calendar import financial_year, today, weekly_off
from programme.kept import forget
from programme.models import (
    Bank,
    BudgetHead,
    Channel,
    Department,
    Designation,
    District,
    Holiday,
    Level,
    Norm,
    NormStatus,
    Office,
    Partner,
    Product,
    Rank,
    Sector,
    State,
)
from programme.powers import Power
from programme.tables import Row, read_csv, read_json

ALL_INDIA = "IN"
NORM_COLUMNS = (
    "scheme", "version", "order_number", "order_date", "applies_from", "applies_until", "applies_by",
    "rules", "source", "verified", "doubt",
)  # fmt: skip
ESTIMATED = {"en_IN": " (estimated)", "hi": " (अनुमानित)"}


@dataclass
class Count:
    """What a load did to one table; ``changed`` names the rows brought in step."""

    table: str
    created: int = 0
    unchanged: int = 0
    changed: list[str] = field(default_factory=list)


@transaction.atomic
def load_state(folder: Path) -> list[Count]:
    """Load the files of ``folder``, all or nothing; raise ``BadRow`` at the first row that cannot be loaded."""
    counts = [_states(folder), _sectors(folder), _districts(folder)]
    states = {state.short: state for state in State.objects.exclude(short="")}
    counts += [_departments(folder, states), _designations(folder, states), _offices(), _products(folder)]
    counts += [_channels(folder), _partners(folder)]
    counts += [_banks(folder), _budget_heads(folder, states), _norms(folder, states), _holidays()]
    forget()
    return counts


def districts_without_product() -> list[District]:
    """Return the districts of every State with offices whose register has no live primary product."""
    primary = Product.objects.filter(rank=Rank.PRIMARY, live=True)
    states = State.objects.filter(designations__isnull=False)
    missing = District.objects.filter(state__in=states).exclude(pk__in=primary.values("district"))
    return list(missing.select_related("state").order_by("state__name_en", "name_en"))


def _states(folder: Path) -> Count:
    """Names follow the file; a short name is filled in where there is none, and never changed: file numbers begin with it."""
    had = dict(State.objects.values_list("lgd_code", "short"))
    wanted = []
    for row in read_csv(folder, "states.csv", ["lgd_code", "name_en", "name_hi", "short", "weekly_offs", "government_en", "government_hi"]):
        offs = row.list("weekly_offs")
        for off in offs:
            try:
                weekly_off(off)
            except ValueError:
                raise row.bad(f"weekly_offs “{off}” is no weekly off, write for example sun or sat2") from None
        code = row.number("lgd_code")
        texts = {column: row[column] for column in ("name_en", "name_hi", "government_en", "government_hi")}
        wanted.append((row, State(lgd_code=code, short=had.get(code) or row["short"], weekly_offs=offs, **texts)))
    return _in_step(State, wanted, key=["lgd_code"], ruled=["name_en", "name_hi", "short"])


def _sectors(folder: Path) -> Count:
    rows = read_csv(folder, "sectors.csv", ["code", "name_en", "name_hi", "position"])
    wanted = [
        (row, Sector(code=row["code"], name_en=row["name_en"], name_hi=row["name_hi"], position=row.number("position"))) for row in rows
    ]
    return _in_step(Sector, wanted, key=["code"], ruled=["name_en", "name_hi", "position"])


def _districts(folder: Path) -> Count:
    states = State.objects.in_bulk()
    had = dict(District.objects.values_list("lgd_code", "aliases"))
    tiles = {row.number("lgd_code"): row for row in read_csv(folder, "district_tiles.csv", ["lgd_code", "tile_column", "tile_row"])}
    wanted = []
    for row in read_csv(folder, "districts.csv", ["state_lgd_code", "lgd_code", "name_en", "name_hi", "aliases", "hindi_source"]):
        code = row.number("lgd_code")
        aliases = list(dict.fromkeys([*had.get(code, []), *row.list("aliases")]))
        state = row.find("state_lgd_code", states, key=row.number("state_lgd_code"))
        texts = {column: row[column] for column in ("name_en", "name_hi", "hindi_source")}
        tile = tiles.get(code)
        spot = {column: tile.number(column) for column in ("tile_column", "tile_row")} if tile else {}
        wanted.append((row, District(lgd_code=code, state=state, aliases=aliases, **texts, **spot)))
    ruled = ["state_id", "name_en", "name_hi", "hindi_source", "aliases", "tile_column", "tile_row"]
    return _in_step(District, wanted, key=["lgd_code"], ruled=ruled)


def _departments(folder: Path, states: dict[str, State]) -> Count:
    rows = read_csv(folder, "departments.csv", ["state", "code", "name_en", "name_hi"])
    wanted = [
        (row, Department(state=row.find("state", states), code=row["code"], name_en=row["name_en"], name_hi=row["name_hi"])) for row in rows
    ]
    return _in_step(Department, wanted, key=["state_id", "code"], ruled=["name_en", "name_hi"])


def _designations(folder: Path, states: dict[str, State]) -> Count:
    departments = {(department.state_id, department.code): department for department in Department.objects.all()}
    wanted = []
    for row in read_csv(folder, "designations.csv", ["state", "code", "level", "name_en", "name_hi", "department", "powers"]):
        state, powers = row.find("state", states), row.list("powers")
        for power in powers:
            if power not in Power.values:
                raise row.bad(f"powers “{power}” is not known")
        department = row.find("department", departments, key=(state.pk, row["department"])) if row["department"] else None
        texts = {column: row[column] for column in ("code", "level", "name_en", "name_hi")}
        wanted.append((row, Designation(state=state, department=department, powers=powers, **texts)))
    return _in_step(Designation, wanted, key=["state_id", "code"], ruled=["level", "name_en", "name_hi", "department_id", "powers"])


def _offices() -> Count:
    """Make the office of each designation: one in every district of the State, or one for the State."""
    had = set(Office.objects.values_list("designation_id", "district_id"))
    count, made = Count("Office", unchanged=len(had)), []
    districts: dict[int, list[District]] = {}
    for district in District.objects.filter(state__designations__isnull=False).distinct():
        districts.setdefault(district.state_id, []).append(district)
    for designation in Designation.objects.select_related("state"):
        places = districts.get(designation.state_id, []) if designation.level == Level.DISTRICT else [None]
        for place in places:
            if (designation.pk, place and place.pk) not in had:
                made.append(Office(designation=designation, district=place, email=_address(designation, place)))
    count.created = len(Office.objects.bulk_create(made))
    return count


def _address(designation: Designation, district: District | None) -> str:
    """Return an address that can never reach anybody (RFC 2606), until the State enters the real one."""
    name = designation.code.replace("_", ".")
    if district:
        name = f"{name}.{slugify(district.name_en)}"
    return f"{name}@{designation.state.short.lower()}.example"


def _products(folder: Path) -> Count:
    districts, sectors = District.objects.in_bulk(), Sector.objects.in_bulk()
    begun = set(Product.objects.values_list("district_id", flat=True))
    columns = ["district_lgd_code", "rank", "name_en", "name_hi", "sector", "since", "source", "confidence", "remark"]
    count, made, primaries = Count("Product"), [], set()
    for row in read_csv(folder, "products.csv", columns):
        district = row.find("district_lgd_code", districts, key=row.number("district_lgd_code"))
        texts = {column: row[column] for column in ("rank", "name_en", "name_hi", "since", "source", "confidence", "remark")}
        product = Product(district=district, sector=row.find("sector", sectors), **texts)
        row.check(product)
        if product.rank == Rank.PRIMARY and district.pk in primaries:
            raise row.bad(f"{district.name_en} has a primary product already")
        primaries |= {district.pk} if product.rank == Rank.PRIMARY else set()
        if district.pk in begun:
            count.unchanged += 1
        else:
            made.append(product)
    count.created = len(Product.objects.bulk_create(made))
    return count


def _banks(folder: Path) -> Count:
    columns = ["code", "ifsc", "name_en", "name_hi"]
    wanted = [(row, Bank(**{column: row[column] for column in columns})) for row in read_csv(folder, "banks.csv", columns)]
    return _in_step(Bank, wanted, key=["code"], ruled=["ifsc", "name_en", "name_hi"])


def _channels(folder: Path) -> Count:
    rows = read_csv(folder, "channels.csv", ["code", "position", "online", "name_en", "name_hi"])
    wanted = [
        (row, Channel(online=row["online"] == "yes", position=row.number("position"), **_texts(row, "code", "name_en", "name_hi")))
        for row in rows
    ]
    return _in_step(Channel, wanted, key=["code"], ruled=["name_en", "name_hi", "online", "position"])


def _partners(folder: Path) -> Count:
    rows = read_csv(folder, "partners.csv", ["code", "role", "name_en", "name_hi", "aliases"])
    wanted = [(row, Partner(aliases=row.list("aliases"), **_texts(row, "code", "role", "name_en", "name_hi"))) for row in rows]
    return _in_step(Partner, wanted, key=["code"], ruled=["name_en", "name_hi", "role", "aliases"])


def _texts(row: Row, *columns: str) -> dict[str, str]:
    return {column: row[column] for column in columns}


def _budget_heads(folder: Path, states: dict[str, State]) -> Count:
    rows = read_csv(folder, "budget_heads.csv", ["state", "code", "scheme", "name_en", "name_hi"])
    columns = ("code", "scheme", "name_en", "name_hi")
    wanted = [(row, BudgetHead(state=row.find("state", states), **{column: row[column] for column in columns})) for row in rows]
    return _in_step(BudgetHead, wanted, key=["state_id", "code"], ruled=[])


def _norms(folder: Path, states: dict[str, State]) -> Count:
    """Begin a scheme's norms where the State, or all India (IN), has none of it: the last version published, earlier ones superseded."""
    begun = set(Norm.objects.values_list("state_id", "scheme"))
    count, made = Count("Norm"), []
    for row in read_json(folder, "norms.json", ["state", "scheme", "version", "applies_from", "rules", "source", "verified"]):
        texts = {column: row.cells[column] for column in NORM_COLUMNS if column in row.cells}
        state = None if row["state"] == ALL_INDIA else row.find("state", states)
        norm = Norm(state=state, status=NormStatus.SUPERSEDED, published_at=timezone.now(), **texts)
        row.check(norm)
        if (norm.state_id, norm.scheme) in begun:
            count.unchanged += 1
        else:
            made.append(norm)
    for norm in {(norm.state_id, norm.scheme): norm for norm in sorted(made, key=lambda norm: norm.applies_from)}.values():
        norm.status = NormStatus.PUBLISHED
    count.created = len(Norm.objects.bulk_create(made))
    return count


def holiday_years() -> range:
    """Return the calendar years that last, this and next financial year touch: what a running season counts in."""
    begins = int(financial_year(today())[:4])
    return range(begins - 1, begins + 3)


def _holidays() -> Count:
    """Begin the holidays of each year for every State with offices that never had a State-wide holiday in that year."""
    had = Holiday.objects.filter(district=None, office=None).values_list("state_id", "date")
    begun = {(state, day.year) for state, day in had}
    count, made = Count("Holiday", unchanged=len(had)), []
    for state in State.objects.filter(designations__isnull=False).distinct():
        years = [year for year in holiday_years() if (state.pk, year) not in begun]
        made += _usual_holidays(state, years)
    count.created = len(Holiday.objects.bulk_create(made))
    return count


def _usual_holidays(state: State, years: Iterable[int]) -> list[Holiday]:
    listed: dict[str, dict[date, str]] = {
        language: dict(holidays.country_holidays("IN", subdiv=state.short, years=years, language=language))
        if years and state.short in holidays.India.subdivisions
        else {}
        for language in ESTIMATED
    }
    library = f"library holidays {holidays.__version__}, not the gazette"
    return [
        Holiday(
            state=state,
            date=day,
            name_en=name.replace(ESTIMATED["en_IN"], ""),
            name_hi=listed["hi"][day].replace(ESTIMATED["hi"], ""),
            source=f"{library}; date estimated from the moon" if ESTIMATED["en_IN"] in name else library,
        )
        for day, name in sorted(listed["en_IN"].items())
    ]


def _in_step(model: Any, wanted: list[tuple[Row, Any]], *, key: list[str], ruled: list[str]) -> Count:
    """Create what is missing and bring the ``ruled`` fields of the rest in step; raise ``BadRow``."""
    had = {_values(row, key): row for row in model.objects.all()}
    count, seen, made, changed = Count(model.__name__), set(), [], []
    for row, made_row in wanted:
        row.check(made_row)
        identity = _values(made_row, key)
        if identity in seen:
            raise row.bad(f"{', '.join(key)} stands in the file twice")
        seen.add(identity)
        present = had.get(identity)
        if present is None:
            made.append(made_row)
        elif _values(present, ruled) == _values(made_row, ruled):
            count.unchanged += 1
        else:
            for name in ruled:
                setattr(present, name, getattr(made_row, name))
            changed.append(present)
    count.created = len(model.objects.bulk_create(made))
    if changed:
        model.objects.bulk_update(changed, [name.removesuffix("_id") for name in ruled])
    count.changed = [str(row) for row in changed]
    return count


def _values(row: Model, names: list[str]) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value := getattr(row, name), list) else value for name in names)
