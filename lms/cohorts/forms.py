"""The forms of joint training: a cohort and its sessions, people, needs on the day, trainers, and the register."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from lms.cohorts import access, places
from lms.cohorts.models import Booking, Cohort, CohortSession
from lms.cohorts.plan import Plan, PlannedSession
from lms.cohorts.register import Line, line_of, written
from lms.core import clock
from lms.core.errors import NotFound
from lms.people.sectors import LOOKS, Sector
from lms.web.forms import PageForm

MOST_SESSIONS = 4
MOST_PLACES = 200
LONGEST_NEEDS = 500
ALL, CHOSEN = "all", "chosen"
AT_ONCE, OFFERED = "at-once", "offered"


class Day(DateField):
    """A date, as a browser's date field sends it or as people type it."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], format=["%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed. Raises ValueError with a sentence."""
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError:
            raise ValueError("Enter the date with day, month and year, like 14/01/2027") from None


class ClockTime(TimeField):
    """A time of day by the partnership's clocks."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], format=["%H:%M", "%H:%M:%S", "%H.%M"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed. Raises ValueError with a sentence."""
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError:
            raise ValueError("Enter the time with hours and minutes, like 09:30") from None


class WholeNumber(IntegerField):
    """A whole number within limits."""

    needed = True

    def __init__(self, label: str, least: int, most: int, **kwargs: Any) -> None:
        between = f"Enter a whole number from {least} to {most}"
        first = InputRequired(between) if self.needed else Optional()
        super().__init__(label, [first, NumberRange(least, most, between)], **kwargs)
        self.between = between

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed. Raises ValueError with a sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(self.between) from None


class PerhapsNumber(WholeNumber):
    """A whole number within limits, or nothing."""

    needed = False


class Ticks(SelectMultipleField):
    """Any number of a list, as checkboxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SessionForm(PageForm):
    """One date of a cohort. Left blank altogether it counts as not there."""

    id = HiddenField("Session")
    day = Day("Date")
    starts = ClockTime("From")
    ends = ClockTime("Until")
    place = StringField("Place, or an https link", [Length(max=200)])

    def __init__(self, number: int, session: CohortSession | None = None) -> None:
        self.number = number
        self.session = session
        known: dict[str, Any] = {}
        if session:
            starts, ends = clock.local(session.starts_at), clock.local(session.ends_at)
            known = {"id": str(session.id), "day": starts.date(), "place": session.place}
            known |= {"starts": starts.time(), "ends": ends.time()}
        super().__init__(prefix=f"session-{number}", data=known)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed."""
        fields = (self.day, self.starts, self.ends, self.place)
        return not any(field.data or (field.raw_data and any(map(str.strip, field.raw_data))) for field in fields)

    def validate(self, extra_validators: Any = None) -> bool:
        """A session needs its date, both times and its place, in that order of time."""
        fine = super().validate(extra_validators)
        if self.is_blank:
            return fine
        for field, sentence in (
            (self.day, "Enter the date"),
            (self.starts, "Enter when it begins"),
            (self.ends, "Enter when it ends"),
            (self.place, "Enter where it is, or the https link people join by"),
        ):
            empty = field.data is None or not str(field.data).strip()
            if empty and not field.errors:
                field.errors = [sentence]
        self._check_sense()
        return not self.problems

    def _check_sense(self) -> None:
        starts, ends = self.starts.data, self.ends.data
        if isinstance(starts, time) and isinstance(ends, time) and ends <= starts and not self.ends.errors:
            self.ends.errors = ["It must end after it begins"]
        before = clock.local(self.session.starts_at).date() if self.session else None
        day = self.day.data
        if isinstance(day, date) and day < clock.today() and day != before and not self.day.errors:
            self.day.errors = ["This date has passed. Enter today or a later date"]
        place = (self.place.data or "").strip()
        if "://" in place and not place.startswith("https://") and not self.place.errors:
            self.place.errors = ["Links must begin with https://"]

    def planned(self) -> PlannedSession:
        """The session as typed, in UTC."""
        day, starts, ends = self.day.data, self.starts.data, self.ends.data
        assert day is not None
        assert starts is not None
        assert ends is not None
        return PlannedSession(
            clock.from_local(datetime.combine(day, starts)),
            clock.from_local(datetime.combine(day, ends)),
            (self.place.data or "").strip(),
            _identity(self.id.data),
        )


class CohortForm(PageForm):
    """A cohort: what, when and where, for whom, and how mixed."""

    title = StringField("Title", [DataRequired("Give the cohort a title its people will know"), Length(max=160)])
    about = TextAreaField("What happens, and who it is for", [Length(max=4000)])
    modules = Ticks("Modules to prepare")
    capacity = WholeNumber("Places", 1, MOST_PLACES, default=24)
    minimum_agencies = WholeNumber("Fewest agencies", 1, 50, default=4)
    largest_share = WholeNumber("Largest share of one agency, in percent", 1, 100, default=40)
    open_to = RadioField(
        "Open to",
        choices={ALL: "Every agency of the partnership", CHOSEN: "Only the agencies ticked here"},
        default=ALL,
    )
    agencies = Ticks("Agencies")
    minimum_sectors = PerhapsNumber("Fewest sectors", 0, len(Sector), default=0)
    held_health = PerhapsNumber(LOOKS[Sector.HEALTH].word, 0, MOST_PLACES)
    held_education = PerhapsNumber(LOOKS[Sector.EDUCATION].word, 0, MOST_PLACES)
    held_social_care = PerhapsNumber(LOOKS[Sector.SOCIAL_CARE].word, 0, MOST_PLACES)
    held_police = PerhapsNumber(LOOKS[Sector.POLICE].word, 0, MOST_PLACES)
    held_voluntary = PerhapsNumber(LOOKS[Sector.VOLUNTARY].word, 0, MOST_PLACES)
    held_housing = PerhapsNumber(LOOKS[Sector.HOUSING].word, 0, MOST_PLACES)
    release_on = Day("Release date")
    freed = RadioField(
        "When a place comes free",
        choices={AT_ONCE: "The next person has it at once", OFFERED: "It is offered to the next person, for a time"},
        default=AT_ONCE,
    )
    needs_approval = BooleanField("Managers approve first")
    must_prepare = BooleanField("Preparation must be finished to come", default=True)
    prepare_days = PerhapsNumber("Working days before the day by which it is finished", 0, 30, default=3)
    late_days = PerhapsNumber("Cancelling is late from this many working days before the day", 0, 30, default=3)
    features = Ticks("What the room has", choices={one.value: one.words for one in access.OF_THE_ROOM})
    version = HiddenField("Version")
    message = TextAreaField("A message to everyone on it", [Length(max=1000)])
    others = Ticks("Other dates to offer", validate_choice=False)

    def __init__(self, modules: Mapping[str, str], agencies: Mapping[str, str], cohort: Cohort | None = None) -> None:
        super().__init__(None, data=_as_typed(cohort) if cohort else {})
        self.others.choices = {}
        self.modules.choices, self.agencies.choices = dict(modules), dict(agencies)
        there: list[CohortSession] = list(cohort.sessions) if cohort else []
        rows = max(MOST_SESSIONS, len(there))
        self.sessions = [SessionForm(n + 1, there[n] if n < len(there) else None) for n in range(rows)]

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one session, and at least one agency where they are chosen."""
        fine = super().validate(extra_validators)
        for session in self.sessions:
            session.validate()
        if all(session.is_blank for session in self.sessions):
            self.sessions[0].day.errors = ["Give the cohort at least one session"]
        if self.open_to.data == CHOSEN and not self.agencies.data:
            self.agencies.errors = ["Tick at least one agency"]
        before = self.release_on.object_data
        if self.release_on.data and self.release_on.data <= clock.today() and self.release_on.data != before:
            self.release_on.errors = ["Enter a date that is still to come"]
        return fine and not self.problems

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """What is wrong in the cohort and its sessions."""
        found = super().problems
        for session in self.sessions:
            found += [(id_, f"Session {session.number}: {sentence}") for id_, sentence in session.problems]
        return found

    @property
    def held(self) -> list[tuple[Sector, Any]]:
        """The field of each sector for which places can be held."""
        return [(sector, self._fields[f"held_{sector.replace('-', '_')}"]) for sector in Sector]

    def hold_as_usual(self) -> None:
        """Fill in what is usually held of so many places, and when it is usually released."""
        usual = places.usually_held(self.capacity.data or 0)
        for sector, field in self.held:
            field.data, field.raw_data = usual.get(sector), None
        first = min((one.day.data for one in self.sessions if one.day.data), default=None)
        if first:
            self.release_on.data, self.release_on.raw_data = places.usual_release(first, clock.today()), None

    def plan(self) -> Plan:
        """The cohort as typed."""
        capacity, agencies, share = self.capacity.data, self.minimum_agencies.data, self.largest_share.data
        assert capacity is not None
        assert agencies is not None
        assert share is not None
        return Plan(
            title=self.title.data or "",
            about=self.about.data or "",
            modules=tuple(self.modules.data or ()),
            sessions=tuple(session.planned() for session in self.sessions if not session.is_blank),
            capacity=capacity,
            minimum_agencies=agencies,
            largest_share=share,
            agencies=None if self.open_to.data == ALL else tuple(UUID(one) for one in self.agencies.data or ()),
            minimum_sectors=self.minimum_sectors.data or 0,
            held={sector.value: field.data for sector, field in self.held if field.data},
            release_on=self.release_on.data,
            needs_approval=bool(self.needs_approval.data),
            offers_places=self.freed.data == OFFERED,
            must_prepare=bool(self.must_prepare.data),
            prepare_days=_or(self.prepare_days.data, Plan.prepare_days),
            late_days=_or(self.late_days.data, Plan.late_days),
            features=tuple(self.features.data or ()),
        )

    @property
    def seen(self) -> int | None:
        """The version of the cohort the form was opened at, or None when it does not say."""
        sent = self.version.data or ""
        return int(sent) if sent.isdecimal() else None

    @property
    def offered(self) -> tuple[UUID, ...]:
        """The other dates ticked. Raises NotFound for anything else."""
        return tuple(identities(self.others.data or []))


def _or(number: int | None, usual: int) -> int:
    return usual if number is None else number


def _as_typed(cohort: Cohort) -> dict[str, Any]:
    """A cohort's values as the form's fields hold them."""
    return {
        "title": cohort.title,
        "about": cohort.about,
        "modules": [one.module for one in cohort.modules],
        "capacity": cohort.capacity,
        "minimum_agencies": cohort.minimum_agencies,
        "largest_share": cohort.largest_share,
        "open_to": ALL if cohort.all_agencies else CHOSEN,
        "agencies": [str(one.agency_id) for one in cohort.agencies],
        "freed": OFFERED if cohort.offers_places else AT_ONCE,
        "version": str(cohort.version),
        **{name: getattr(cohort, name) for name in _AS_STORED},
        **{f"held_{one.sector.replace('-', '_')}": one.places for one in cohort.held},
    }


_AS_STORED = (
    *("minimum_sectors", "release_on", "needs_approval", "must_prepare", "prepare_days", "late_days", "features"),
)


class BookingForm(PageForm):
    """Booking a place; what one needs on the day can be said at once or later."""

    access_needs = TextAreaField(
        "Something else you need",
        [Length(max=LONGEST_NEEDS, message=f"Say it in {LONGEST_NEEDS} letters or fewer")],
        description="Say what to arrange, not why. One thing to a line.",
    )
    needs = Ticks("What do you need?", choices={one.value: one.words for one in access.TICKED})

    def say(self, booking: Booking) -> None:
        """Show what the person has said already."""
        self.access_needs.data = booking.access_needs
        self.needs.data = [one.need for one in booking.arrangements]


class PeopleForm(PageForm):
    """People ticked in a list, and what to do with them."""

    person = SelectMultipleField("People", validate_choice=False)
    do = StringField("Do", [AnyOf(["add", "invite"])])

    @property
    def chosen(self) -> list[UUID]:
        """The identities ticked. Raises NotFound for anything else."""
        return identities(self.person.data or [])


class WalkInForm(PageForm):
    """One person who came without a place."""

    person = StringField("Person", [InputRequired("Choose a person")])

    @property
    def chosen(self) -> UUID:
        """The identity chosen. Raises NotFound for anything else."""
        return identities([self.person.data or ""])[0]


class TrainerForm(PageForm):
    """The address of another trainer."""

    email = StringField("Work e-mail of another trainer", [InputRequired("Enter their work e-mail"), Length(max=254)])


class SearchForm(PageForm):
    """People by a part of their name, at one agency or all."""

    name = StringField("Part of a name", [Length(max=80)])
    agency = SelectField("Agency", validate_choice=False, default="")

    @property
    def agency_id(self) -> UUID | None:
        """The agency to look in, or None for all."""
        return _identity(self.agency.data)


def lines_sent(sent: MultiDict[str, str]) -> dict[UUID, tuple[Line | None, Line]]:
    """The lines of a register as sent, by booking: what the page had shown, and what is wanted. Raises Refusal."""
    found = {}
    names = [name.partition("-")[2] for name in sent if name.startswith(("mark-", "arrived-", "left-"))]
    for id_ in dict.fromkeys(names):
        line = written(*(sent.get(f"{part}-{id_}", "") for part in ("mark", "arrived", "left")))
        seen = sent.get(f"seen-{id_}")
        found[identities([id_])[0]] = (None if seen is None else line_of(seen), line)
    return found


def _identity(text: str | None) -> UUID | None:
    return identities([text])[0] if text else None


def identities(texts: list[str]) -> list[UUID]:
    """Identities as sent. Raises NotFound for anything else."""
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise NotFound from None
