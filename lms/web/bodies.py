"""A form is taken whole or not at all, and holds no more fields than the settings say."""

from io import BytesIO
from typing import IO

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

URLENCODED = "application/x-www-form-urlencoded"
Parsed = tuple[IO[bytes], MultiDict[str, str], MultiDict[str, object]]


class WholeForms(FormDataParser):
    """Reads a form. Werkzeug takes what came before the line broke, or before the largest size of a body without a
    stated length, for the whole: half a note would be saved over all of it.
    """

    def parse(  # type: ignore[override]
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> Parsed:
        """The fields of a body. Raises ClientDisconnected for half a body, RequestEntityTooLarge for too much of it."""
        if mimetype == URLENCODED:
            stream = self._whole(stream, content_length)
        return super().parse(stream, mimetype, content_length, options)  # type: ignore[return-value]

    def _whole(self, stream: IO[bytes], content_length: int | None) -> BytesIO:
        body = stream.read()
        if content_length is None:
            stream.read(1)  # raises RequestEntityTooLarge where reading was ended by the limit
        elif len(body) < content_length:
            raise ClientDisconnected
        if self.max_form_parts is not None and body.count(b"&") >= self.max_form_parts:
            raise RequestEntityTooLarge
        return BytesIO(body)


class WholeRequest(Request):
    """A request whose forms are read so."""

    form_data_parser_class = WholeForms
