"""Who may do what in a school: the whole policy on one page. Pure."""

from enum import StrEnum

from webapp.culture.vocabulary import Role


class May(StrEnum):
    """What one may do in a school."""

    RECORD = "record"
    """Record, mend and delete one's own observations, on the phone and on the page."""

    READ_FEED = "read_feed"
    """Read the school's observations, without their observers."""

    READ_SETUP = "read_setup"
    """Read places and words, as a phone needs them."""

    SEE_HEATMAP = "see_heatmap"
    """See how often each trait was heard, by place and time."""

    SEE_NEXT_STEPS = "see_next_steps"
    """See what the team decided to try; whoever listens has to know what to listen for."""

    SEE_CHANGE = "see_change"
    """See how often each trait was heard over time, and what followed a next step."""

    SEE_TRENDS = "see_trends"
    """See what is published to staff."""

    DELETE_ANY = "delete_any"
    """Delete an observation that somebody else made."""

    EXPORT = "export"
    """Take all observations of the school along as a file, without observers and notes."""

    IMPORT = "import"
    """Bring in observations from a file, and take back what came in so."""

    MANAGE = "manage"
    """Add and change places, people, next steps and the school's settings."""


MAY: dict[Role, frozenset[May]] = {
    Role.DISTRICT_ADMIN: frozenset({May.SEE_TRENDS}),
    Role.ADMIN: frozenset(May),
    Role.OBSERVER: frozenset(
        {May.RECORD, May.READ_FEED, May.READ_SETUP, May.SEE_HEATMAP, May.SEE_NEXT_STEPS, May.SEE_TRENDS}
    ),
    Role.STAFF: frozenset({May.SEE_TRENDS}),
}


def allowed(role: Role, may: May) -> bool:
    """Whether a person with this role may do this."""
    return may in MAY[role]
