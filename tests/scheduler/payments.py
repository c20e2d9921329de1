"""Made-up payment files (voorbeeld), as Huishoudboekje and banks write them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scheduler.imports import Problem

SAMPLES = Path(__file__).parent.parent / "samples"
OURS = "NL69TEST0000000001"
TESFAY = "NL73TEST0000000123"  #: the first creditor of the samples
NOORI = "NL46TEST0000000124"


def sample(name: str) -> bytes:
    """A sample file, as it stands."""
    return (SAMPLES / name).read_bytes()


@dataclass(frozen=True, kw_only=True)
class Pay:
    """One transfer; amount as the file writes it."""

    amount: str = "75.00"
    iban: str = TESFAY
    day: str = "2026-12-28"
    reference: str = "voorbeeld-e2e-1"
    text: str = "Leefgeld week 52"


def pain(*transfers: Pay, message: str = "voorbeeld-bericht-1", count: int | None = None, total: str = "") -> bytes:
    """A payment order with one block per transfer, as Huishoudboekje makes it."""
    blocks = "\n".join(
        f"""<PmtInf><PmtInfId>PmtInfId-{n}</PmtInfId><NbOfTxs>1</NbOfTxs><CtrlSum>{pay.amount}</CtrlSum>
<ReqdExctnDt>{pay.day}</ReqdExctnDt><CdtTrfTxInf><PmtId><EndToEndId>{pay.reference}</EndToEndId></PmtId>
<Amt><InstdAmt Ccy="EUR">{pay.amount}</InstdAmt></Amt><Cdtr><Nm>Voorbeeld</Nm></Cdtr>
<CdtrAcct><Id><IBAN>{pay.iban}</IBAN></Id></CdtrAcct><RmtInf><Ustrd>{pay.text}</Ustrd></RmtInf></CdtTrfTxInf></PmtInf>"""
        for n, pay in enumerate(transfers, start=1)
    )
    total = total or f"{sum(float(pay.amount) for pay in transfers):.2f}"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn>
<GrpHdr><MsgId>{message}</MsgId><NbOfTxs>{len(transfers) if count is None else count}</NbOfTxs>
<CtrlSum>{total}</CtrlSum></GrpHdr>
{blocks}
</CstmrCdtTrfInitn></Document>""".encode()


@dataclass(frozen=True, kw_only=True)
class Booking:
    """One entry of a statement."""

    amount: str = "75.00"
    iban: str = TESFAY
    day: str = "2026-12-28"
    reference: str = "NOTPROVIDED"
    text: str = "Leefgeld week 52"
    credit: bool = False
    status: str = "BOOK"
    reversal: bool = False
    returned: bool = False


def camt(*bookings: Booking, message: str = "voorbeeld-afschrift-1") -> bytes:
    """A statement with one entry per booking; parties stand as in the first payment."""
    entries = "\n".join(
        f"""<Ntry><Amt Ccy="EUR">{it.amount}</Amt><CdtDbtInd>{"CRDT" if it.credit else "DBIT"}</CdtDbtInd>
{"<RvslInd>true</RvslInd>" if it.reversal else ""}<Sts>{it.status}</Sts><BookgDt><Dt>{it.day}</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>{it.reference}</EndToEndId></Refs>
<RltdPties><DbtrAcct><Id><IBAN>{OURS}</IBAN></Id></DbtrAcct><CdtrAcct><Id><IBAN>{it.iban}</IBAN></Id></CdtrAcct></RltdPties>
<RmtInf><Ustrd>{it.text}</Ustrd></RmtInf>
{"<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>" if it.returned else ""}</TxDtls></NtryDtls></Ntry>"""
        for it in bookings
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>{message}</MsgId></GrpHdr><Stmt><Id>1</Id><Acct><Id><IBAN>{OURS}</IBAN></Id></Acct>
{entries}
</Stmt></BkToCstmrStmt></Document>""".encode()


def rows(*lines: str) -> bytes:
    """A CSV with these lines."""
    return "\r\n".join(lines).encode()


def leefgeld_csv(*lines: str) -> bytes:
    """The plain list of payments."""
    return rows("hhbnummer;bedrag;verwachte_datum;soort;opmerking", *lines)


def what(problems: Sequence[Problem]) -> list[tuple[int, str]]:
    """Line and field of each problem."""
    return [(problem.line, problem.field) for problem in problems]
