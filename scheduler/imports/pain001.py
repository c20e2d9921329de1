"""Reads pain.001, the payment order that Huishoudboekje exports: what it will pay, to which account, when."""

from core import crypto
from scheduler import bankdays
from scheduler.imports import fields, iso20022, transactions
from scheduler.imports.iso20022 import Node
from scheduler.imports.reading import FieldError, FileError, Problem, Reading, refuse_many
from scheduler.imports.transactions import Event, Transaction

_MEND = "Maak het bestand opnieuw in Huishoudboekje."


def read(content: bytes) -> Reading[Transaction]:
    """Every transfer in euro, with its expected day moved to a bank day; totals are checked."""
    order = _Order()
    namespace = iso20022.read(content, ("GrpHdr", "PmtInf", "CdtTrfTxInf"), order.take)
    if "pain.001" not in namespace:
        raise FileError("Dit is geen betaalopdracht (pain.001).", _MEND, line=1)
    return order.reading()


class _Order:
    """The file as far as it has been read; a block's head is only known at its end."""

    def __init__(self) -> None:
        self.rows: list[Transaction] = []
        self.problems: list[Problem] = []
        self._lines: list[tuple[str, int]] = []
        self._head: Node | None = None
        self._message = ""
        self._blocks = 0
        self._total = 0
        self._transfers = 0
        self._waiting: list[Node] = []

    def take(self, node: Node) -> None:
        """Take one record as the parser finishes it."""
        if node.name == "GrpHdr":
            self._head, self._message = node, node.value("MsgId")
        elif node.name == "CdtTrfTxInf":
            self._transfers += 1
            refuse_many(self._transfers, node.line)
            self._waiting.append(node)
        else:
            self._close(node)

    def _close(self, block: Node) -> None:
        """The end of a PmtInf: its transfers get the block's day, and its own totals are checked."""
        self._blocks += 1
        transfers, self._waiting = self._waiting, []
        sums = []
        for number, transfer in enumerate(transfers, start=1):
            try:
                row = self._row(block, transfer, number)
            except FieldError as error:
                self._refuse(transfer, "CdtTrfTxInf", error)
                continue
            self.rows.append(row)
            sums.append(row.cents)
        if len(sums) == len(transfers):
            self._check(block, {len(transfers)}, sum(sums))
        self._total += sum(sums)

    def _row(self, block: Node, transfer: Node, number: int) -> Transaction:
        cents = iso20022.cents(transfer.find("Amt/InstdAmt"))
        ordered = fields.iso_day(block.value("ReqdExctnDt") or block.value("ReqdExctnDt/Dt"))
        day = bankdays.on_or_after(ordered)
        own = transfer.value("PmtId/EndToEndId")
        text = " ".join(node.text for node in (transfer.find("RmtInf") or transfer).all("Ustrd"))
        key = f"{self._message}/{block.value('PmtInfId')}/{number}"
        self._lines.append((own or key, cents))
        return Transaction(
            line=transfer.line,
            event=Event.ANNOUNCED,
            cents=cents,
            day=day,
            account=fields.account(transfer.value("CdtrAcct/Id/IBAN")),
            reference=transactions.reference(own) or transactions.reference(key),
            cost=transactions.cost(text, ordered),
        )

    def _refuse(self, node: Node, field: str, error: FieldError) -> None:
        self.problems.append(Problem(line=node.line, field=field, what=error.what, mend=error.mend))

    def _check(self, node: Node, counts: set[int], total: int) -> None:
        """Compare the totals that a head states with what stands below it."""
        stated = node.find("NbOfTxs")
        if stated is not None and stated.text.strip() not in map(str, counts):
            what = f"Er staat {stated.text.strip()[:9]}, maar het bestand heeft {min(counts)}."
            self.problems.append(Problem(line=stated.line, field="NbOfTxs", what=what, mend=_MEND))
        control = node.find("CtrlSum")
        if control is None:
            return
        try:
            fits = fields.cents(control.text.strip()) == total
        except FieldError:
            fits = False
        if not fits:
            what = "Het totaal klopt niet met de betalingen eronder."
            self.problems.append(Problem(line=control.line, field="CtrlSum", what=what, mend=_MEND))

    def reading(self) -> Reading[Transaction]:
        """What the whole file says. Huishoudboekje's header counts blocks, other programs count transfers."""
        if self._head is None or not self._message:
            raise FileError("De kop van het bestand (GrpHdr, MsgId) ontbreekt.", _MEND, line=1)
        if not self.rows and not self.problems:
            raise FileError("Er staat geen betaling in het bestand.", _MEND)
        if not self.problems:
            self._check(self._head, {self._blocks, self._transfers}, self._total)
        return Reading(
            rows=tuple(self.rows),
            problems=tuple(self.problems),
            message=crypto.index("message", f"pain001 {self._message}"),
            digest=transactions.digest(self._lines),
        )
