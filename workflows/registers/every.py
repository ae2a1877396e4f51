"""Every register there is, by its name. A further one is a line here."""

from workflows.registers.agreements import AGREEMENTS, POLICIES
from workflows.registers.brands import BRAND_LINES, BRANDS
from workflows.registers.campaigns import CAMPAIGNS, DEMANDS, SUPPLIES
from workflows.registers.declaring import Register
from workflows.registers.dossiers import DOSSIER
from workflows.registers.events import EVENTS
from workflows.registers.letters import LETTERS
from workflows.registers.matters import MATTERS
from workflows.registers.onboarding import ONBOARDING
from workflows.registers.sellers import SELLERS, STORIES, SUPPORT

EVERY = [
    EVENTS, MATTERS, LETTERS, DOSSIER, SELLERS, SUPPORT, STORIES, BRANDS, BRAND_LINES, CAMPAIGNS, DEMANDS, SUPPLIES, ONBOARDING,
    AGREEMENTS, POLICIES,
]  # fmt: skip
REGISTERS: dict[str, Register] = {register.key: register for register in EVERY}
