"""The signature of Twilio's webhooks: all that its library is used for."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import RequestValidator


def signature_fits(token: str, url: str, fields: Mapping[str, str] | str, signature: str | None) -> bool:
    """Whether Twilio signed this post to `url`: its form fields, or the body of another type as text."""
    if not token or not signature:
        return False
    if isinstance(fields, str) and "bodySHA256" not in parse_qs(urlsplit(url).query):
        return False
    return bool(RequestValidator(token).validate(url, fields, signature))
