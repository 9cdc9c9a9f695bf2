"""The form of a private note."""

from wtforms import HiddenField, TextAreaField

from lms.web.forms import PageForm


def _plain(text: str | None) -> str:
    """Line ends as one sign each, however the browser sends them."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


class ReflectionForm(PageForm):
    """What a person writes for themselves, and which version of it they were shown."""

    reflection = TextAreaField("Your note", filters=[_plain])
    seen = HiddenField()
