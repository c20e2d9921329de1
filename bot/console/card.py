"""The link card: a code, a QR for each channel that has one, and the two pictures that staff tell."""

from dataclasses import dataclass

import segno
from aiohttp import web

from bot.console import guard, page
from bot.console.desk import Visit
from bot.console.forms import posted
from core import links, openings
from core.permissions import is_logged


@dataclass(frozen=True, kw_only=True)
class Opening:
    """One way to bring the code to us: what the QR holds, and the words to type instead."""

    channel: str
    address: str
    typed: str

    @property
    def qr(self) -> str:
        """The QR as the address of a picture, black on white."""
        return segno.make(self.address, error="m").svg_data_uri(scale=6, border=3, light="#fff")


async def issue(visit: Visit) -> web.Response:
    """Make a new card; older ones stop working. The code is shown once and kept nowhere."""
    person = await guard.person(visit, visit.id_in_path(), "person.link")
    if not is_logged(visit.account, "person.link"):
        guard.noted(visit, "person.link", "person", person.id)
    card = await links.issue(visit.session, visit.now, person, pictures=await _chosen(visit), by=visit.account.id)
    return page.show(
        visit,
        "card.html",
        person=person,
        card=card,
        pictures=[links.PICTURES[number] for number in card.pictures],
        expires=page.local(card.expires_at, visit),
        openings=await _openings(visit, card.code),
        contact_phone=visit.settings.contact_phone,
    )


async def _chosen(visit: Visit) -> tuple[int, int] | None:
    """Two pictures that the person chose, as numbers; None: drawn, or as they were."""
    form = await posted(visit.request)
    first, second = (str(form.get(name, "")) for name in ("first", "second"))
    if {first, second} <= set("0123456789"):
        return int(first), int(second)
    return None


async def _openings(visit: Visit, code: str) -> list[Opening]:
    """A QR for each chat that can be opened by one; SMS has none: staff send the first SMS."""
    typed = {"telegram": f"/start {links.normal(code)}", "whatsapp": f"PIM {code}"}
    known = await openings.of(visit.session, links.normal(code))
    return [
        Opening(channel=channel, address=address, typed=typed[channel])
        for channel, address in known.items()
        if channel in visit.settings.channels
    ]
