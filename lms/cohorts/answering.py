"""Short forms with which people answer: a manager, a trainer who waives or arranges, and whoever sends a colleague."""

from uuid import UUID

from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length

from lms.cohorts.forms import Ticks, identities
from lms.cohorts.states import Kept, Mark
from lms.web.forms import PageForm

LONGEST_SENTENCE = 300
LONGEST_WORDS = 500


class ShortForm(PageForm):
    """One of many on a page; `mark` says about whom or what it is, and stands in the ids of its boxes."""

    boxes: tuple[str, ...] = ()

    def __init__(self, mark: UUID | None = None) -> None:
        self.mark = str(mark) if mark else ""
        super().__init__()

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """What is wrong, each beside the box of this very form."""
        return [(f"{id_}-{self.mark}" if id_ in self.boxes else None, told) for id_, told in super().problems]


class ApprovalForm(ShortForm):
    """A manager's answer, with a sentence for the person if they like, and a reason where the team is at its limit."""

    boxes = ("note", "reason")

    note = StringField("A sentence to them", [Length(max=LONGEST_SENTENCE)])
    reason = StringField("Why your team can spare them", [Length(max=LONGEST_SENTENCE)])
    do = StringField("Answer", [AnyOf(["approve", "decline"])])


class ReasonForm(ShortForm):
    """Why a rule is set aside."""

    boxes = ("reason",)

    reason = StringField("Why", [Length(max=LONGEST_SENTENCE)])


class ArrangementForm(ShortForm):
    """How far something is that a person needs."""

    boxes = ("note",)

    state = RadioField("State", choices={one.value: one.words for one in Kept})
    note = StringField("Note", [Length(max=200)])


class ColleagueForm(ShortForm):
    """Whom to send."""

    person = StringField("Colleague", [InputRequired("Choose a colleague")])

    @property
    def chosen(self) -> UUID:
        """The identity chosen. Raises NotFound for anything else."""
        return identities([self.person.data or ""])[0]


class OtherDateForm(ShortForm):
    """Which other date to take."""

    other = StringField("Date", [InputRequired("Choose a date")])

    @property
    def chosen(self) -> UUID:
        """The identity chosen. Raises NotFound for anything else."""
        return identities([self.other.data or ""])[0]


class CallOffForm(PageForm):
    """What people are told when a day is called off, and which other dates they are offered."""

    message = TextAreaField("A message to everyone on it", [Length(max=1000)])
    others = Ticks("Other dates to offer", validate_choice=False)

    @property
    def offered(self) -> tuple[UUID, ...]:
        """The other dates ticked. Raises NotFound for anything else."""
        return tuple(identities(self.others.data or []))


class ContestForm(PageForm):
    """What is wrong with the register about oneself."""

    says = TextAreaField(
        "What is not right",
        [
            DataRequired("Say in a sentence what is not right"),
            Length(max=LONGEST_WORDS, message=f"Shorten it to {LONGEST_WORDS} characters"),
        ],
    )

    @property
    def sentence(self) -> str:
        """What was written, without the space around it."""
        return (self.says.data or "").strip()


LEAVE = "leave"


class ContestAnswerForm(ContestForm):
    """What the register should say, and the answer to whoever contests it."""

    mark = RadioField(
        "The register",
        [InputRequired("Choose what the register should say")],
        choices={LEAVE: "Leave it as it is", **{one.value: f"Correct it to: {one.words.lower()}" for one in Mark}},
    )
    says = TextAreaField(
        "Your answer",
        [
            DataRequired("Say in a sentence what you did, or why it stays as it is"),
            Length(max=LONGEST_WORDS, message=f"Shorten it to {LONGEST_WORDS} characters"),
        ],
    )

    @property
    def wanted(self) -> Mark | None:
        """The mark to correct to; None to leave the register as it is."""
        return None if self.mark.data == LEAVE else Mark(self.mark.data)
