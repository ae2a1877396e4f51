"""Every register there is, by its name. A further one is a line here."""

from workflows.registers.declaring import Register
from workflows.registers.events import EVENTS
from workflows.registers.letters import LETTERS
from workflows.registers.matters import MATTERS

REGISTERS: dict[str, Register] = {register.key: register for register in (EVENTS, MATTERS, LETTERS)}
