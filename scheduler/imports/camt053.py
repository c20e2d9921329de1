"""Reads camt.053, the bank's statement: what was booked, and what came back."""

from core import crypto
from scheduler.imports import fields, iso20022, transactions
from scheduler.imports.iso20022 import Node
from scheduler.imports.reading import FieldError, FileError, Problem, Reading, refuse_many
from scheduler.imports.transactions import Event, Transaction

_MEND = "Vraag het afschrift opnieuw bij de bank."


def read(content: bytes) -> Reading[Transaction]:
    """Every booked transaction with its own amount; pending entries are left out, balances are checked."""
    statement = _Statement()
    namespace = iso20022.read(content, ("GrpHdr", "Acct", "Ntry", "TxDtls", "Stmt"), statement.take)
    if "camt.053" not in namespace:
        what = "Dit is geen dagafschrift (camt.053)."
        raise FileError(what, "Kies het dagafschrift; camt.052 en camt.054 lezen wij niet.", line=1)
    return statement.reading()


class _Statement:
    """The file as far as it has been read."""

    def __init__(self) -> None:
        self.rows: list[Transaction] = []
        self.problems: list[Problem] = []
        self._lines: list[tuple[str, int]] = []
        self._message = ""
        self._own: bytes | None = None
        self._balance = 0
        self._details: list[Node] = []
        self._count = 0
        self._statements = 0

    def take(self, node: Node) -> None:
        """Take one record as the parser finishes it."""
        if node.name == "GrpHdr":
            self._message = node.value("MsgId")
        elif node.name == "Acct":
            self._own = fields.account(node.value("Id/IBAN"))
        elif node.name == "TxDtls":
            self._count += 1
            refuse_many(self._count, node.line)
            self._details.append(node)
        elif node.name == "Ntry":
            details, self._details = self._details, []
            try:
                self._entry(node, details)
            except FieldError as error:
                self.problems.append(Problem(line=node.line, field="Ntry", what=error.what, mend=error.mend))
        else:
            self._close(node)

    def _entry(self, entry: Node, details: list[Node]) -> None:
        if (entry.value("Sts") or entry.value("Sts/Cd")) != "BOOK":
            return
        total = iso20022.cents(entry.find("Amt"))
        self._balance += total if entry.value("CdtDbtInd") == "CRDT" else -total
        parts = [(detail, _own_amount(detail)) for detail in details]
        amounts = [cents for _, cents in parts if cents is not None]
        if len(parts) > 1 and (len(amounts) < len(parts) or sum(amounts) != total):
            raise FieldError("De bedragen in deze boeking tellen niet op tot het totaal.", _MEND)
        for detail, cents in parts or [(entry, total)]:
            self._transaction(entry, detail, total if cents is None else cents)

    def _transaction(self, entry: Node, detail: Node, cents: int) -> None:
        event = _event(entry, detail)
        own = detail.value("Refs/EndToEndId")
        day = fields.iso_day(entry.value("BookgDt/Dt") or entry.value("BookgDt/DtTm"))
        self._lines.append((f"{event} {day} {own} {detail.value('Refs/AcctSvcrRef')}", cents))
        known = transactions.reference(own)
        if event is None or (event is Event.CREDITED and known is None):
            return
        text = " ".join(node.text for node in (detail.find("RmtInf") or detail).all("Ustrd"))
        self.rows.append(
            Transaction(
                line=detail.line,
                event=event,
                cents=cents,
                day=day,
                account=self._other_side(detail),
                reference=known,
                cost=transactions.cost(text, day),
            )
        )

    def _other_side(self, detail: Node) -> bytes | None:
        """A return may name the parties as they were, or turned round: never our own account."""
        sides = [fields.account(detail.value(f"RltdPties/{side}/Id/IBAN")) for side in ("CdtrAcct", "DbtrAcct")]
        return next((side for side in sides if side is not None and side != self._own), None)

    def _close(self, statement: Node) -> None:
        """The end of a statement: opening balance and entries must give the closing balance."""
        self._statements += 1
        booked, self._balance, self._own = self._balance, 0, None
        balances = {balance.value("Tp/CdOrPrtry/Cd"): balance for balance in statement.all("Bal")}
        first, last = balances.get("OPBD") or balances.get("PRCD"), balances.get("CLBD")
        if first is not None and last is not None and _signed(first) + booked != _signed(last):
            what = "Het eindsaldo klopt niet met de boekingen."
            self.problems.append(Problem(line=last.line, field="Bal", what=what, mend=_MEND))

    def reading(self) -> Reading[Transaction]:
        """What the whole file says."""
        if not self._statements:
            raise FileError("Er staat geen afschrift (Stmt) in het bestand.", _MEND)
        return Reading(
            rows=tuple(self.rows),
            problems=tuple(self.problems),
            message=crypto.index("message", f"camt053 {self._message}") if self._message else None,
            digest=transactions.digest(self._lines),
        )


def _own_amount(detail: Node) -> int | None:
    for path in ("AmtDtls/TxAmt/Amt", "Amt", "AmtDtls/InstdAmt/Amt"):
        if (amount := detail.find(path)) is not None:
            return iso20022.cents(amount)
    return None


def _event(entry: Node, detail: Node) -> Event | None:
    credit = (detail.value("CdtDbtInd") or entry.value("CdtDbtInd")) == "CRDT"
    reversal = entry.value("RvslInd") in ("true", "1")
    if not credit:
        return None if reversal else Event.BOOKED
    return Event.RETURNED if reversal or detail.find("RtrInf") is not None else Event.CREDITED


def _signed(balance: Node) -> int:
    text = (balance.find("Amt") or balance).text.strip()
    try:
        cents = fields.cents(text)
    except FieldError:
        cents = 0
    return cents if balance.value("CdtDbtInd") == "CRDT" else -cents
