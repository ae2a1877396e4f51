"""Each register as a list that goes out, as its page shows it to this officer."""

from typing import Any

from django.core.exceptions import ValidationError

from workflows.exports.declaring import Asked, Heading, Line, Listed, one_by_one
from workflows.registers.access import reads_registers
from workflows.registers.declaring import Register
from workflows.registers.every import REGISTERS
from workflows.registers.filtering import EntryFilter, asked_for, filter_form

FILTERS: dict[str, type[EntryFilter]] = {key: filter_form(register) for key, register in REGISTERS.items()}


def listed(register: Register) -> Listed:
    """Return the list of a register; it opens to whoever holds a charge, and raises ``ValidationError`` for what cannot be read."""

    def rows(asked: Asked) -> Any:
        if not reads_registers(asked.officer):
            raise register.model.DoesNotExist
        form, found = asked_for(register, FILTERS[register.key], asked.officer, asked.query)
        if not form.is_valid():
            raise ValidationError([text for texts in form.errors.values() for text in texts])
        return found

    def line(entry: Any, asked: Asked) -> Line:
        return {column.key: column.value(entry) for column in columns}

    columns = register.shown
    headings = tuple(Heading(column.key, column.label, column.type, column.width) for column in columns)
    return Listed(f"register-{register.key}", lambda asked: str(register.title), headings, rows, one_by_one(line))


LISTED: dict[str, Listed] = {key: listed(register) for key, register in REGISTERS.items()}
