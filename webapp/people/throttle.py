"""Slow down guessing: wrong passwords are counted in the database, so all server processes share the count."""

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.extensions import begin_writing
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
        self._limits = {
            self._key(signing_key, "both", email, address): FROM_ONE_ADDRESS_FOR_ONE_PERSON,
            self._key(signing_key, "person", email): FOR_ONE_PERSON,
            self._key(signing_key, "address", address): FROM_ONE_ADDRESS,
        }

    def check(self, now: datetime) -> None:
        """Lets the try pass.

        Raises:
            TooManyTriesError: too many failed within the last 15 minutes; it says how long to wait.
        """
        rows = self._session.execute(
            select(FailedSignIn.key_hash, func.count(), func.min(FailedSignIn.failed_at))
            .where(FailedSignIn.key_hash.in_(self._limits), FailedSignIn.failed_at > now - REMEMBERED)
            .group_by(FailedSignIn.key_hash)
        )
        waits = [oldest + REMEMBERED - now for key, count, oldest in rows if count >= self._limits[key]]
        if waits:
            raise TooManyTriesError(max(1, int(max(waits).total_seconds())))

    def failed(self, now: datetime) -> None:
        """Remembers a wrong password, and forgets those that no longer count; commits."""
        begin_writing(self._session)
        self._session.execute(delete(FailedSignIn).where(FailedSignIn.failed_at <= now - REMEMBERED))
        self._session.add_all(FailedSignIn(key_hash=key, failed_at=now) for key in self._limits)
        self._session.commit()

    @staticmethod
    def _key(signing_key: str, *parts: str) -> bytes:
        return hmac.new(signing_key.encode(), "\0".join(parts).encode(), hashlib.sha256).digest()
