"""The schemes this software can compute: what each asks, how it counts, where its borders lie, and what must not fall.

A scheme without a calculator (``compute`` is ``None``) has norms for its process alone, such as clocks and papers.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from programme.norms import escalation, freight, freight_elsewhere, margin, marketing, projects
from programme.norms.inputs import Field
from programme.norms.rulebook import (
    Check,
    amount,
    amount_or_none,
    amounts,
    components,
    fixed_share,
    flag,
    fraction,
    ladder,
    last_day,
    late,
    number,
    own_share,
    percentage,
    percentages,
    slabs,
    texts,
)
from programme.norms.sheet import Sheet

Rules = Mapping[str, Any]


@dataclass(frozen=True)
class Scheme:
    """``rules`` are those a version must have, ``optional`` those it may have beside the ones of any process."""

    rules: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    fields: Callable[[Rules], dict[str, Field]] | None = None
    compute: Callable[[Sheet], None] | None = None
    probes: Callable[[Rules], list[dict[str, Any]]] | None = None
    whole: Callable[[Rules], Iterator[str]] | None = None  # what the rules must be together, asked when each alone is sound
    rises: tuple[str, str] | None = None  # while the first input grows, the second amount must never fall


LADDER = "DELEGATION_"

SCHEMES: dict[str, Scheme] = {
    "EXHIBITION": Scheme(rules={"finance_above": amount, "ceiling": amount}),
    "PRODUCT_IDENTIFICATION": Scheme(),
    "ACTION_PLAN": Scheme(),
    escalation.SCHEME: Scheme(rules={"late": late, "last_day": last_day}, whole=escalation.whole),
    "ODOP_MARGIN_MONEY": Scheme(
        rules={"slabs": slabs, "own_pct": own_share},
        fields=margin.odop_fields,
        compute=margin.odop,
        probes=margin.slab_probes,
        rises=("project_cost_rupees", "margin_money_rupees"),
    ),
    "RAJ_ODOP_MARGIN": Scheme(
        rules={"micro": fixed_share, "small": fixed_share, "extra_special": amount, "odop_turnover_min_pct": percentage},
        fields=margin.rajasthan_fields,
        compute=margin.rajasthan,
        probes=margin.rajasthan_probes,
    ),
    "GATEWAY_PORT_FREIGHT": Scheme(
        optional={"per_teu": amount, "pct": percentage, "cap_20ft": amount, "cap_40ft": amount, "annual_cap": amount_or_none},
        fields=freight.gateway_fields,
        compute=freight.gateway,
        probes=freight.gateway_probes,
        whole=freight.gateway_whole,
    ),
    "AIR_FREIGHT": Scheme(
        rules={"pct": percentage, "annual_cap": amount},
        optional={"per_kg": amount},
        fields=freight.air_fields,
        compute=freight.air,
        probes=freight.air_probes,
    ),
    "HARYANA_FREIGHT": Scheme(
        rules={"pct_fob": percentage, "cap_by_block": amounts, "years": number},
        fields=freight_elsewhere.haryana_fields,
        compute=freight_elsewhere.haryana,
        probes=freight_elsewhere.haryana_probes,
    ),
    "HP_TRANSPORT": Scheme(
        rules={"pct_from": percentage, "pct_upto": percentage, "annual_cap": amount, "areas": texts},
        fields=freight_elsewhere.himachal_fields,
        compute=freight_elsewhere.himachal,
        probes=freight_elsewhere.himachal_probes,
        whole=freight_elsewhere.himachal_whole,
    ),
    "FSS_2013": Scheme(
        rules={"pct_by_region": percentages, "years": number, "claim_years": number, "own_vehicle": flag},
        fields=freight_elsewhere.fss_fields,
        compute=freight_elsewhere.fss,
        probes=freight_elsewhere.fss_probes,
    ),
    "DGFT_TMA": Scheme(
        rules={"full_containers_only": flag, "claim_years": number, "refund_interest_pct": percentage},
        fields=freight_elsewhere.tma_fields,
        compute=freight_elsewhere.tma,
        probes=freight_elsewhere.tma_probes,
    ),
    "ODOP_MDA": Scheme(
        rules={"components": components, "cooling_years": number},
        fields=marketing.odop_fields,
        compute=marketing.odop,
        probes=marketing.odop_probes,
    ),
    "EPB_MDA": Scheme(
        rules={"components": components},
        fields=marketing.bureau_fields,
        compute=marketing.bureau,
        probes=marketing.bureau_probes,
    ),
    "ODOP_CFC": Scheme(
        rules={"state_share_pct": percentage, "project_cap": amount, "spv_min_members": number, "spv_odop_fraction": fraction},
        fields=projects.centre_fields,
        compute=projects.centre,
        probes=projects.centre_probes,
        rises=("project_cost_rupees", "state_share_rupees"),
    ),
    "PMFME_INDIVIDUAL": Scheme(
        rules={"pct": percentage, "cap": amount, "own_pct_min": percentage, "technical_civil_work_max_pct": percentage},
        fields=projects.enterprise_fields,
        compute=projects.enterprise,
        probes=projects.grant_probes,
        rises=("project_cost_rupees", "subsidy_rupees"),
    ),
    "PMFME_GROUP_INFRA": Scheme(
        rules={"pct": percentage, "cap": amount, "project_cap": amount},
        fields=projects.group_fields,
        compute=projects.group,
        probes=projects.grant_probes,
    ),
    "ODOP_TRAINING_TOOLKIT": Scheme(
        rules={"training_days": number, "min_age": number, "toolkit_free": flag, "rpl_for_skilled": flag},
        fields=projects.training_fields,
        compute=projects.training,
        probes=projects.training_probes,
    ),
}


def scheme_of(code: str) -> Scheme | None:
    """Return the scheme of a code; every delegation ladder is one; ``None`` when the code is not known."""
    return Scheme(rules={"ladder": ladder}) if code.startswith(LADDER) else SCHEMES.get(code)


def calculators() -> list[str]:
    """Return the codes of the schemes that can be computed."""
    return [code for code, scheme in SCHEMES.items() if scheme.compute]
