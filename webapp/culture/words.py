"""What the words of the wire are called on a page: English texts, put into the reader's language where they are shown.

The traits follow “Conversations in Schools that Improve Student Achievement” (credited on `/about`); names, meanings,
look-fors and questions are our own.
"""

from dataclasses import dataclass
from typing import Final

from webapp.culture.vocabulary import GroupSize, PlaceKind, Role, Setting, Trait


def N_(text: str) -> str:
    """The text as it is; marks it for translation."""
    return text


@dataclass(frozen=True, slots=True)
class TraitWords:
    """All that is said of a trait.

    `name` is one word and `gloss` two to four, for the chip; `meaning` one sentence; `look_fors` three things one can
    hear or see; `question` one for staff to talk over.
    """

    name: str
    gloss: str
    meaning: str
    look_fors: tuple[str, str, str]
    question: str


TRAIT_WORDS: Final[dict[Trait, TraitWords]] = {
    Trait.SUBSTANTIVE: TraitWords(
        name=N_("Substantive"),
        gloss=N_("Teaching itself"),
        meaning=N_("It is about real lessons and real students: what was tried, what was chosen, what got in the way."),
        look_fors=(
            N_("A lesson is described closely enough to picture it."),
            N_("Someone weighs two ways to teach the same idea."),
            N_("One student’s thinking comes up, not just “the class”."),
        ),
        question=N_("When did talk about a lesson last help you teach the next one?"),
    ),
    Trait.EVIDENCE: TraitWords(
        name=N_("Evidence"),
        gloss=N_("What students show"),
        meaning=N_("People bring something fresh that shows what students can do, and cannot do yet."),
        look_fors=(
            N_("Student work lies on the table or is up on a screen."),
            N_("Someone quotes what a student wrote or said this week."),
            N_("Someone asks “How do we know?”, and there is something to look at."),
        ),
        question=N_("What from this week could we bring to our next meeting?"),
    ),
    Trait.INQUIRY: TraitWords(
        name=N_("Inquiry"),
        gloss=N_("Our part, our power"),
        meaning=N_("People ask how their own teaching shapes what students learn, trusting that they can change it."),
        look_fors=(
            N_("A question begins “What if we…” or “What could I have done…”."),
            N_("A result, good or poor, is traced back to a teaching choice."),
            N_("People stay with a question before they reach for an answer."),
        ),
        question=N_("Which question about our own teaching do we keep putting off?"),
    ),
    Trait.NONDEFENSIVE: TraitWords(
        name=N_("Non-defensive"),
        gloss=N_("Honest, no blame"),
        meaning=N_("When learning falls short, people say so plainly, own their share and look for a better way."),
        look_fors=(
            N_("Someone says “That did not work”, and the others lean in."),
            N_("Hard results are talked through without excuses or apologies."),
            N_("The talk moves from whose fault it was to what could change."),
        ),
        question=N_("What makes it safe here to say that something did not work?"),
    ),
    Trait.PERSONAL: TraitWords(
        name=N_("Personal"),
        gloss=N_("Knowing each other"),
        meaning=N_("People take an interest in one another’s lives, and not only in one another’s work."),
        look_fors=(
            N_("Someone asks about a colleague’s family, hobby or weekend, and listens."),
            N_("Someone remembers what a colleague told them last time."),
            N_("People from different teams sit down and laugh together."),
        ),
        question=N_("Whom in this building would you like to know better?"),
    ),
    Trait.KNOWLEDGE: TraitWords(
        name=N_("Knowledge"),
        gloss=N_("Beyond these walls"),
        meaning=N_("People use what others have learned about teaching: research, books, courses, other schools."),
        look_fors=(
            N_("A book, an article or a course is mentioned and put to use."),
            N_("Someone offers to ask a specialist, a coach or another school."),
            N_("A teaching method is called by its name, with why it works."),
        ),
        question=N_("Who or what outside our school could help with our hardest problem?"),
    ),
    Trait.ACTION: TraitWords(
        name=N_("Action"),
        gloss=N_("What we do next"),
        meaning=N_("The talk ends in something that someone will do, and that students will notice."),
        look_fors=(
            N_("Someone says what will be different tomorrow, and for which students."),
            N_("An idea gets a name and a date."),
            N_("People come back to what they tried and what came of it."),
        ),
        question=N_("What did our last conversation change in a classroom?"),
    ),
}

TRAIT_ICONS: Final[dict[Trait, str]] = {
    Trait.SUBSTANTIVE: "book-open-text",
    Trait.EVIDENCE: "chart-column",
    Trait.INQUIRY: "message-circle-question-mark",
    Trait.NONDEFENSIVE: "heart-handshake",
    Trait.PERSONAL: "coffee",
    Trait.KNOWLEDGE: "library-big",
    Trait.ACTION: "footprints",
}
"""The drawing of each, the same everywhere; a file of templates/icons."""

SETTING_NAMES: Final[dict[Setting, str]] = {
    Setting.PASSING: N_("In passing"),
    Setting.BREAK: N_("Break"),
    Setting.TEAM_MEETING: N_("Team meeting"),
    Setting.STAFF_MEETING: N_("Staff meeting"),
    Setting.ONE_TO_ONE: N_("One to one"),
    Setting.OTHER: N_("Something else"),
}

PLACE_KIND_NAMES: Final[dict[PlaceKind, str]] = {
    PlaceKind.HALLWAY: N_("Hallway"),
    PlaceKind.LOUNGE: N_("Lounge"),
    PlaceKind.MEETING_ROOM: N_("Meeting room"),
    PlaceKind.CLASSROOM: N_("Classrooms"),
    PlaceKind.OFFICE: N_("Offices"),
    PlaceKind.LIBRARY: N_("Library"),
    PlaceKind.CAFETERIA: N_("Cafeteria"),
    PlaceKind.OUTDOORS: N_("Outdoors"),
    PlaceKind.OTHER: N_("Another kind of place"),
}
"""Classrooms and offices are plural because they are entered as zones, never as one person's room (PRIVACY-0)."""

ROLE_NAMES: Final[dict[Role, str]] = {
    Role.DISTRICT_ADMIN: N_("District administrator"),
    Role.ADMIN: N_("Administrator"),
    Role.OBSERVER: N_("Observer"),
    Role.STAFF: N_("Staff"),
}

GROUP_SIZE_NAMES: Final[dict[GroupSize, str]] = {
    GroupSize.FEW: N_("2–3"),
    GroupSize.SOME: N_("4–7"),
    GroupSize.MANY: N_("8 or more"),
}

BAND_WORDS: Final[dict[tuple[int, int], str]] = {
    (3, 0): N_("up to a third"),
    (3, 1): N_("between a third and two thirds"),
    (3, 2): N_("two thirds or more"),
    (5, 0): N_("up to a fifth"),
    (5, 1): N_("between a fifth and two fifths"),
    (5, 2): N_("between two fifths and three fifths"),
    (5, 3): N_("between three fifths and four fifths"),
    (5, 4): N_("four fifths or more"),
    (10, 0): N_("up to a tenth"),
    (10, 1): N_("between a tenth and two tenths"),
    (10, 2): N_("between two tenths and three tenths"),
    (10, 3): N_("between three tenths and four tenths"),
    (10, 4): N_("between four tenths and half"),
    (10, 5): N_("between half and six tenths"),
    (10, 6): N_("between six tenths and seven tenths"),
    (10, 7): N_("between seven tenths and eight tenths"),
    (10, 8): N_("between eight tenths and nine tenths"),
    (10, 9): N_("nine tenths or more"),
}
"""A share in words, by (of, j); each goes before “of conversations”."""

SIZE_WORDS: Final[dict[int, str]] = {
    3: N_("10 to 19 conversations"),
    5: N_("20 to 39 conversations"),
    10: N_("40 conversations or more"),
}
"""From how many conversations a share comes, by the number of its bands; nothing finer is shown (PRIVACY-5)."""
