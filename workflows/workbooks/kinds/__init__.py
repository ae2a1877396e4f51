"""The kinds of workbook there are, by key."""

from workflows.registers.every import REGISTERS
from workflows.workbooks.kind import Kind
from workflows.workbooks.kinds.activities import Activities
from workflows.workbooks.kinds.events import Samagam
from workflows.workbooks.kinds.freight import Freight
from workflows.workbooks.kinds.loans import Loans
from workflows.workbooks.kinds.products import Products
from workflows.workbooks.kinds.registers import Entries
from workflows.workbooks.kinds.setup import Allotments, Holidays, Postings

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (
        Loans(), Freight(), Activities(), Products(), Samagam(), *map(Entries, REGISTERS.values()), Postings(), Holidays(), Allotments(),
    )
}  # fmt: skip
