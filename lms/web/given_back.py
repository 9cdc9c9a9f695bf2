"""What a person typed into the form of this request, to be given back on a page that saved nothing."""

from flask import request

MOST_LETTERS = 200_000
SECRET = ("password", "secret", "code", "passphrase")


def kept_fields(*without: str) -> list[tuple[str, str]] | None:
    """The names and texts of the form, for hidden fields; None when they cannot be given back: a file, or a secret that
    does not belong into a page.
    """
    if not request.form or request.files:
        return None
    fields = [(name, text) for name, text in request.form.items(multi=True) if name not in without]
    if any(part in name.lower() for name, _ in fields for part in SECRET):
        return None
    return fields if sum(len(text) for _, text in fields) <= MOST_LETTERS else None


def here() -> str:
    """The address of this request, to send the form to again."""
    return request.full_path.rstrip("?")
