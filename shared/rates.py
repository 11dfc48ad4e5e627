"""How much one caller may ask of one process: requests by cost, counted per client and token subject.

Counted in memory: a limit holds for each API process by itself, so that with N processes a caller has up to N times it.
Shared counters would cost every request a round trip; a limit over all processes belongs into the reverse proxy.
"""

import ipaddress
import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from limits import RateLimitItem, parse_many
from limits.strategies import FixedWindowRateLimiter
from prometheus_client import Counter
from starlette.requests import Request

from shared.auth import Principal
from shared.counters import Counters
from shared.language import Text
from shared.problems import Problem
from shared.settings import ServiceSettings

refused = Counter(
    "wahana_rate_limited_requests_total", "Requests refused because their caller had sent too many.", ["cost"]
)
half_used = Counter(
    "wahana_rate_half_used_total",
    "Windows in which one caller used half of what it may: who looks up or registers unusually much.",
    ["cost"],
)


class Cost(StrEnum):
    """What a request costs the house; each is counted apart."""

    READ = "reads"
    WRITE = "writes"
    LOOKUP = "lookups"
    """Looking people up, or seeing what identifies them: whoever tries out many numbers is slowed down here."""
    OPEN = "open"
    """Without a token, per address."""
    REFUSED_TOKEN = "refused-tokens"  # noqa: S105  # no token
    """Tokens from one address that were not accepted."""


class TooManyRequests(Problem):
    status = 429
    slug = "too-many-requests"
    title = Text("Terlalu banyak permintaan", "Too many requests")


class Rates:
    """The limits of one process and what was used of them."""

    def __init__(self, settings: ServiceSettings) -> None:
        given = {
            Cost.READ: settings.rate_reads,
            Cost.WRITE: settings.rate_writes,
            Cost.LOOKUP: settings.rate_lookups,
            Cost.OPEN: settings.rate_open,
            Cost.REFUSED_TOKEN: settings.rate_refused_tokens,
        }
        self._limits = {cost: [] if text == "none" else parse_many(text) for cost, text in given.items()}
        self._at_once = settings.requests_at_once // 2
        self._under_way: dict[str, int] = {}
        # Apart: whoever has many addresses must not push out what callers with a token have used.
        self._callers = FixedWindowRateLimiter(Counters())
        self._addresses = FixedWindowRateLimiter(Counters())

    def spend(self, cost: Cost, caller: Principal, amount: int = 1) -> dict[str, str]:
        """Counts a request of a caller with a token; the headers that tell what is left. Raises TooManyRequests."""
        return self._spend(self._callers, cost, f"{caller.client}/{caller.subject}", amount)

    @contextmanager
    def under_way(self, caller: Principal) -> Iterator[None]:
        """While a request of a caller is answered. Raises TooManyRequests when half of what the process does is its own."""
        who = f"{caller.client}/{caller.subject}"
        mine = self._under_way.get(who, 0)
        if mine >= self._at_once:
            raise TooManyRequests(
                Text(
                    f"Sudah {mine} permintaan Anda sedang dikerjakan. Tunggu jawabannya dahulu.",
                    f"{mine} of your requests are under way already. Wait for their answers first.",
                ),
                headers={"Retry-After": "1"},
            )
        self._under_way[who] = mine + 1
        try:
            yield
        finally:
            if self._under_way[who] > 1:
                self._under_way[who] -= 1
            else:
                del self._under_way[who]

    def spend_open(self, request: Request) -> dict[str, str]:
        """Counts a request without a token. Raises TooManyRequests."""
        return self._spend(self._addresses, Cost.OPEN, _address(request), 1)

    def spend_refused(self, request: Request) -> None:
        """Counts a token that was not accepted."""
        for limit in self._limits[Cost.REFUSED_TOKEN]:
            self._addresses.hit(limit, Cost.REFUSED_TOKEN, _address(request))

    def check_refused(self, request: Request) -> None:
        """Raises TooManyRequests for an address that had too many tokens refused: no more of its signatures are checked."""
        for limit in self._limits[Cost.REFUSED_TOKEN]:
            if not self._addresses.test(limit, Cost.REFUSED_TOKEN, _address(request)):
                raise _too_many(self._addresses, limit, Cost.REFUSED_TOKEN, _address(request))

    def _spend(self, counted: FixedWindowRateLimiter, cost: Cost, who: str, amount: int) -> dict[str, str]:
        told: dict[str, str] = {}
        for limit in self._limits[cost]:
            if not counted.hit(limit, cost, who, cost=amount):
                raise _too_many(counted, limit, cost, who)
            told = told or _told(counted, limit, cost, who, amount)
        return told


def _told(counted: FixedWindowRateLimiter, limit: RateLimitItem, cost: Cost, who: str, amount: int) -> dict[str, str]:
    """The headers of draft-ietf-httpapi-ratelimit-headers: what may be asked in which seconds, what is left of it."""
    window = counted.get_window_stats(limit, cost, who)
    used = limit.amount - window.remaining
    if used - amount < limit.amount / 2 <= used:
        half_used.labels(cost).inc()
    return _headers(limit, cost, window.remaining, window.reset_time)


def _headers(limit: RateLimitItem, cost: Cost, left: int, ends: float) -> dict[str, str]:
    return {
        "RateLimit-Policy": f'"{cost}";q={limit.amount};w={limit.get_expiry()}',
        "RateLimit": f'"{cost}";r={left};t={_seconds(ends)}',
    }


def _too_many(counted: FixedWindowRateLimiter, limit: RateLimitItem, cost: Cost, who: str) -> TooManyRequests:
    refused.labels(cost).inc()
    ends = counted.get_window_stats(limit, cost, who).reset_time
    wait = _seconds(ends)
    return TooManyRequests(
        Text(
            f"Batas «{cost}»: {limit.amount} tiap {limit.get_expiry()} detik. Coba lagi setelah {wait} detik.",
            f"The limit of «{cost}» is {limit.amount} in {limit.get_expiry()} seconds. Try again after {wait} seconds.",
        ),
        headers={"Retry-After": str(wait), **_headers(limit, cost, 0, ends)},
    )


def _seconds(ends: float) -> int:
    return max(1, math.ceil(ends - time.time()))


def _address(request: Request) -> str:
    """Where a request comes from: of IPv6 the network, for one household has as many addresses as it likes."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network(f"{host}/64", strict=False)) if address.version == 6 else host
