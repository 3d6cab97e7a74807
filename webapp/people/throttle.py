"""Slow down guessing: wrong passwords are counted in the database, so all server processes share the count."""

import hashlib
import hmac
import uuid
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.extensions import begin_writing, new_id, take_turns
from webapp.people.models import FailedSignIn
from webapp.web.problems import TooManyTriesError

REMEMBERED = timedelta(minutes=15)
FROM_ONE_ADDRESS_FOR_ONE_PERSON = 8
FOR_ONE_PERSON = 40
# A whole school stands behind one address.
FROM_ONE_ADDRESS = 120


class Throttle:
    """Guards one try to sign in as `email` from `address`; keys are kept as HMACs, so the table names nobody."""

    def __init__(self, session: Session, signing_key: str, *, email: str, address: str) -> None:
        self._session = session
        self._ids: list[uuid.UUID] = []
        network = _network(address)
        self._both = _key(signing_key, "both", email, network)
        self._limits = {
            self._both: FROM_ONE_ADDRESS_FOR_ONE_PERSON,
            _key(signing_key, "person", email): FOR_ONE_PERSON,
            _key(signing_key, "address", network): FROM_ONE_ADDRESS,
        }

    def begin_try(self, now: datetime) -> None:
        """Lets the try pass, and counts it as failed until `succeeded`; commits.

        Counted before the password is looked at: else many tries at one moment would all find room.

        Raises:
            TooManyTriesError: too many failed within the last 15 minutes; it says how long to wait.
        """
        begin_writing(self._session)
        take_turns(self._session, self._limits)
        wait = self._wait(now)
        if wait is not None:
            self._session.rollback()
            raise TooManyTriesError(max(1, int(wait.total_seconds())))
        self._session.execute(delete(FailedSignIn).where(FailedSignIn.failed_at <= now - REMEMBERED))
        tries = [FailedSignIn(id=new_id(), key_hash=key, failed_at=now) for key in self._limits]
        self._ids = [each.id for each in tries]
        self._session.add_all(tries)
        self._session.commit()

    def succeeded(self) -> None:
        """Forgets this try, and those of this person from this address before it; commits."""
        begin_writing(self._session)
        self._session.execute(
            delete(FailedSignIn).where(FailedSignIn.id.in_(self._ids) | (FailedSignIn.key_hash == self._both))
        )
        self._session.commit()

    def _wait(self, now: datetime) -> timedelta | None:
        rows = self._session.execute(
            select(FailedSignIn.key_hash, func.count(), func.min(FailedSignIn.failed_at))
            .where(FailedSignIn.key_hash.in_(self._limits), FailedSignIn.failed_at > now - REMEMBERED)
            .group_by(FailedSignIn.key_hash)
        )
        waits = [oldest + REMEMBERED - now for key, count, oldest in rows if count >= self._limits[key]]
        return max(waits, default=None)


def _network(address: str) -> str:
    """The address, or for version 6 its network: whoever has one such address has 2^64 of them."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((read, 64), strict=False)) if isinstance(read, IPv6Address) else address


def _key(signing_key: str, *parts: str) -> bytes:
    return hmac.new(signing_key.encode(), "\0".join(parts).encode(), hashlib.sha256).digest()
