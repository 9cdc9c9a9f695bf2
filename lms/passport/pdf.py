"""The passport as a PDF, with the fonts and the look of certificates."""

from datetime import date

from lms.certificates import pdf as paper
from lms.passport.signed import Entry, Passport
from lms.web.typesetting import printable

DESIGN = paper.DESIGNS / "passport.typ"


def render(passport: Passport, check_at: str) -> bytes:
    """The passport as an accessible PDF (PDF/UA-1), the same bytes for the same passport; `check_at` is the address at
    which the code of each certificate can be checked. Raises CannotPrint.
    """
    facts = {
        "name": printable(passport.name),
        "issuer": printable(passport.issuer),
        "issued_on": passport.issued_on.isoformat(),
        "check_at": check_at.partition("://")[2].rstrip("/"),
        "check_url": check_at,
        "certificates": [_line(one) for one in passport.entries if one.certificate],
        "days": [_line(one) for one in passport.entries if not one.certificate],
        "hours": [
            {
                "year": str(one.year),
                "minutes": [
                    one.participatory_minutes,
                    one.other_minutes,
                    one.multi_agency_minutes,
                    one.single_agency_minutes,
                    one.participatory_minutes + one.other_minutes,
                ],
            }
            for one in passport.hours
        ],
    }
    return paper.sheet(DESIGN, "passport", facts, passport.issued_on)


def _line(one: Entry) -> dict[str, object]:
    version = f", version {one.version}" if one.version else ""
    return {
        "course": printable(f"{one.course}{version}"),
        "level": one.level.capitalize(),
        "completed_on": _short(one.completed_on),
        "in_date_until": _short(one.in_date_until) if one.in_date_until else "",
        "minutes": one.minutes,
        "code": one.certificate or "",
    }


def _short(written: str) -> str:
    day = date.fromisoformat(written)
    return f"{day.day} {day:%b} {day.year}"
