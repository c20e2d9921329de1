"""The real providers: their channels, webhooks and polling, loaded only where settings ask for them.

The one place that imports inside a function: aiogram and twilio cost seconds and over 100 MB, and a process
that doesn't need them doesn't pay.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog
from aiohttp import web

from bot import media, templates, webhooks
from bot.installation import Ground
from content.inforce import InForce
from content.parts import Choice
from content.render import BUTTONS, label
from core import openings
from core.languages import LANGUAGES, SOURCE
from messaging.channel import Channel, Keep, Outlet, Records, SendError
from messaging.shelf import Shelf
from messaging.twilio.account import Account
from messaging.twilio.channels import Sms, WhatsApp
from messaging.twilio.content import Contents
from scheduler.errands import Errand
from scheduler.queue import deliveries, reconcile
from scheduler.sending import forgetting

log = structlog.get_logger(__name__)


class Named(Protocol):
    """A bot that can say what it is called."""

    async def user_name(self) -> str: ...


class Menu(Protocol):
    """An app that shows commands at all times."""

    async def offer_menu(self, entries: Mapping[str, str], language: str = "") -> None: ...


#: What the menu always offers: help is two taps away from everywhere, also below a push that has no room for it.
_MENU = {
    "start": Choice(button="home", action="menu.open"),
    "sos": Choice(button="help", action="help.danger"),
}


@dataclass(kw_only=True)
class Outside:
    """What connects this process to the providers."""

    outlets: dict[str, Outlet] = field(default_factory=dict)  #: what a worker sends through
    channels: dict[str, Channel] = field(default_factory=dict)  #: what the inbox is read with
    routes: list[web.RouteDef] = field(default_factory=list)
    menu: "Menu | None" = None  #: the app's own menu of commands
    poll: Callable[[], Awaitable[None]] | None = None  #: what one process does to have updates come in, until cancelled
    errands: list[Errand] = field(default_factory=list)  #: what the timers ask of the providers
    closing: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def add(self, channel: Channel) -> None:
        """A channel for both directions."""
        self.outlets[channel.name] = self.channels[channel.name] = channel

    async def close(self) -> None:
        """Let go of all connections."""
        for outlet in self.outlets.values():
            await outlet.close()
        for close in self.closing:
            await close()


async def build(
    ground: Ground, keep: Keep, roles: Collection[str], texts: Callable[[], InForce] | None = None
) -> Outside:
    """The channels of PIM_CHANNELS, as far as these roles need them; with `texts` the apps' own menus are filled."""
    settings = ground.settings
    outside = Outside()
    if "telegram" in settings.channels:
        await _telegram(outside, ground, keep, roles)
        if outside.poll is not None and texts is not None:
            outside.poll = _with_menu(outside, texts, outside.poll)
    signature_fits = None
    if {"sms", "whatsapp"} & set(settings.channels):
        signature_fits = await _twilio(outside, ground)
    if "web" in roles:
        outside.routes = webhooks.routes(settings, keep, signature_fits=signature_fits)
        if "whatsapp" in settings.channels:
            outside.routes += media.routes(ground.database, ground.clock)
    return outside


async def _telegram(outside: Outside, ground: Ground, keep: Keep, roles: Collection[str]) -> None:
    settings = ground.settings
    token, api_url = settings.telegram_token, settings.telegram_api_url
    pace = {"rate": settings.telegram_rate, "chat_rate": settings.telegram_chat_rate}
    if "bot" not in roles:
        from messaging.telegram.send import Sender

        outside.outlets["telegram"] = Sender(token=token, api_url=api_url, shelf=Shelf(ground.database), **pace)
        return
    from messaging.telegram.receive import Telegram
    from messaging.telegram.updates import Updates

    outside.add(Telegram(token=token, api_url=api_url, shelf=Shelf(ground.database), **pace))
    updates = Updates(token=token, api_url=api_url)
    outside.closing.append(updates.close)
    outside.menu = updates
    await _introduce(ground, updates)
    if settings.telegram_mode == "polling":
        outside.poll = lambda: updates.poll(keep, _refused(ground))
    else:
        url = settings.public_url.rstrip("/") + webhooks.TELEGRAM
        outside.poll = lambda: updates.stay_hooked(url, settings.telegram_webhook_secret, _refused(ground))


def _with_menu(
    outside: Outside, texts: Callable[[], InForce], poll: Callable[[], Awaitable[None]]
) -> Callable[[], Awaitable[None]]:
    """Fill the menu first, then have updates come in; that goes on without a menu too."""

    async def polling() -> None:
        assert outside.menu is not None
        try:
            await fill_menu(outside.menu, texts())
        except SendError as error:
            log.warning("menu_not_filled", reason=error.reason)
        await poll()

    return polling


async def fill_menu(menu: Menu, texts: InForce) -> None:
    """In every language that has its buttons; Dutch for all others. An app tells its language in two letters."""
    spoken = [code for code in LANGUAGES if len(code) == 2 and code != SOURCE and texts.has(code, BUTTONS)]
    for app, code in [("", SOURCE), *((code, code) for code in spoken)]:
        await menu.offer_menu({word: label(texts, code, choice) for word, choice in _MENU.items()}, app)


def _refused(ground: Ground) -> Callable[[str, timedelta], Awaitable[None]]:
    """A refused key stops sending too, where staff see why; another poller only stops what comes in."""

    async def refused(reason: str, waits: timedelta) -> None:
        if reason == "key_refused":
            async with ground.database.begin() as session:
                await deliveries.pause(session, "telegram", ground.clock.real() + waits, reason)

    return refused


async def _introduce(ground: Ground, bot: Named) -> None:
    """Ask the bot's name, for the links on cards; without an answer the name of last time stays."""
    try:
        name = await bot.user_name()
    except SendError as error:
        log.warning("bot_name_unknown", reason=error.reason)
        return
    async with ground.database.begin() as session:
        await openings.keep(session, "telegram", f"https://t.me/{name}?start=")


async def _twilio(outside: Outside, ground: Ground) -> webhooks.SignatureFits:
    from messaging.twilio.signature import signature_fits

    settings = ground.settings
    account = Account(settings, ground.clock)
    records: dict[str, Records] = {}
    if "sms" in settings.channels:
        sms = Sms(account, settings)
        outside.add(sms)
        records["sms"] = sms
    if "whatsapp" in settings.channels:
        content_sids = templates.ContentSids(ground.database, ground.clock)
        whatsapp = WhatsApp(account, settings, content_sids, Shelf(ground.database))
        outside.add(whatsapp)
        records["whatsapp"] = whatsapp
        contents = Contents(settings)
        outside.closing.append(contents.close)
        outside.errands.append(templates.errand(contents))
        number = "".join(filter(str.isdecimal, settings.twilio_whatsapp_from))
        async with ground.database.begin() as session:
            await openings.keep(session, "whatsapp", f"https://wa.me/{number}?text=PIM%20")
    outside.errands += [reconcile.errand(records), forgetting.errand(records)]
    token = settings.twilio_auth_token
    return lambda url, fields, signature: signature_fits(token, url, fields, signature)
