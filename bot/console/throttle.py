"""How often somebody may try a password: counted per account, per address and per both, in this process."""

from datetime import datetime, timedelta

#: Wrong tries before the first wait; each further one doubles it, up to the longest. A whole town hall can share
#: one address.
PER_PAIR, PER_ACCOUNT, PER_ADDRESS = 5, 20, 200
_FIRST, _LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=15)

#: A count is forgotten this long after its last wrong try.
_FORGET = timedelta(hours=1)
_MOST_KEPT = 10_000


class Throttle:
    """Wrong tries by key, in real time; an unknown account counts like a known one."""

    def __init__(self) -> None:
        self._wrong: dict[tuple[str, str], tuple[int, datetime]] = {}

    def wait(self, real: datetime, email: str, address: str) -> timedelta:
        """How long this account must still wait from this address; zero: it may try now."""
        return max(self._left(real, key, allowed) for key, allowed in _keys(email, address))

    def failed(self, real: datetime, email: str, address: str) -> None:
        """Count a wrong try."""
        if len(self._wrong) >= _MOST_KEPT:
            self._forget(real)
        for key, _ in _keys(email, address):
            count, last = self._wrong.get(key, (0, real))
            self._wrong[key] = (1 if real - last > _FORGET else count + 1, real)

    def succeeded(self, email: str, address: str) -> None:
        """Forget the wrong tries of this account from this address."""
        self._wrong.pop((email, address), None)

    def _left(self, real: datetime, key: tuple[str, str], allowed: int) -> timedelta:
        count, last = self._wrong.get(key, (0, real))
        if count < allowed:
            return timedelta()
        pause = min(_FIRST * (1 << min(count - allowed, 8)), _LONGEST_WAIT)
        return max(last + pause - real, timedelta())

    def _forget(self, real: datetime) -> None:
        """Drop what is old; where that is not enough, the oldest half."""
        kept = [(key, value) for key, value in self._wrong.items() if real - value[1] <= _FORGET]
        kept.sort(key=lambda entry: entry[1][1])
        self._wrong = dict(kept[-_MOST_KEPT // 2 :])


def _keys(email: str, address: str) -> tuple[tuple[tuple[str, str], int], ...]:
    return (((email, address), PER_PAIR), ((email, ""), PER_ACCOUNT), (("", address), PER_ADDRESS))
