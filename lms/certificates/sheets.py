"""What a certificate prints: the facts of its row, with the address at which it is checked."""

from dataclasses import replace

from lms.certificates import pdf as paper
from lms.certificates.correction_models import ReplacedCertificate
from lms.certificates.models import Certificate
from lms.web.links import absolute


def check_address(code: str) -> str:
    """The whole address of the check page of a code."""
    return absolute("certificates.check", code=code)


def as_before(certificate: ReplacedCertificate) -> paper.Snapshot:
    """What the PDF of a replaced certificate says: all that it said, and that it was replaced."""
    return replace(snapshot(certificate), note=certificate.words)


def snapshot(certificate: Certificate | ReplacedCertificate) -> paper.Snapshot:
    """What the PDF of a certificate says."""
    return paper.Snapshot(
        name=certificate.name,
        agency=certificate.agency,
        job=certificate.job,
        title=certificate.title,
        version=str(certificate.version),
        minutes=certificate.minutes,
        completed_on=certificate.completed_on,
        valid_until=certificate.valid_until,
        code=certificate.code,
        verify_url=check_address(certificate.code),
        issued_by=certificate.issued_by,
        core_hash=certificate.core_hash,
        modules=tuple(f"{one['title']} (version {one['version']})" for one in certificate.modules),
    )
