"""A visitor for tests: opens pages by endpoint, sends their forms, and checks every page it is given.

Each page answered with HTML is checked for what must hold everywhere: one h1, a title that begins with it, no id
twice, a label for every
field, no inline style or script, the security headers. So no test can forget.
"""

from contextvars import Context
from dataclasses import dataclass
from typing import Any

from flask import Flask, has_app_context, url_for
from flask.testing import FlaskClient
from lxml import html as parser

from lms.core.db import db
from lms.web.access import COOKIE_KEY


class ApartClient(FlaskClient):
    """A test client whose requests share nothing with the test's own context: not the database session, not who is
    signed in. Flask would otherwise reuse the context a test holds, and two clients would be one person.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("buffered", True)  # what is sent in pieces is read in the same context
        return Context().run(super().open, *args, **kwargs)


@dataclass
class Page:
    """One answer."""

    status: int
    text: str
    location: str
    headers: Any
    data: bytes

    @property
    def tree(self):
        return parser.document_fromstring(self.text)

    @property
    def h1(self) -> str:
        return " ".join(self.tree.xpath("string(//h1)").split())

    @property
    def words(self) -> str:
        """All the words of the main part, spaces folded."""
        main = self.tree.xpath("//main")
        return " ".join((main[0] if main else self.tree).text_content().split())

    def all(self, path: str) -> list[Any]:
        return self.tree.xpath(path)

    def forms(self, attribute: str | None = None) -> list[Any]:
        return self.tree.xpath(f"//form[@{attribute}]" if attribute else "//form")


class Visitor:
    """A person (or nobody) with a browser of their own."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app = app
        self.client = client

    def address(self, endpoint: str, **values: Any) -> str:
        if endpoint.startswith("/"):
            return endpoint
        with self.app.test_request_context():
            return url_for(endpoint, **values)

    def get(self, endpoint: str, *, expect: int = 200, query: dict[str, Any] | None = None, **values: Any) -> Page:
        """Open a page and check it."""
        settle()
        response = self.client.get(self.address(endpoint, **values), query_string=query)
        return self._page(response, expect)

    def post(self, endpoint: str, data: dict[str, Any] | None = None, *, expect: int = 303, **values: Any) -> Page:
        """Send a form to a page; the token is added as a browser would send it."""
        settle()
        response = self.client.post(self.address(endpoint, **values), data={"csrf_token": self.token(), **(data or {})})
        return self._page(response, expect)

    def send(
        self, page: Page, form: Any, data: dict[str, Any] | None = None, *, expect: int = 303, at: str = ""
    ) -> Page:
        """Send a form found on a page, with its hidden fields and what the visitor typed."""
        fields = {i.get("name"): i.get("value") or "" for i in form.xpath(".//input[@type='hidden']")}
        action = form.get("action") or at
        settle()
        response = self.client.post(action, data={**fields, **(data or {})})
        return self._page(response, expect)

    def follow(self, page: Page, *, expect: int = 200) -> Page:
        """Go where a redirect leads."""
        settle()
        return self._page(self.client.get(page.location), expect)

    def token(self) -> str:
        """The token of this visitor's sign-in; none for somebody who has not signed in."""
        response = self.client.get("/me/")
        if response.status_code != 200:
            return ""
        return parser.document_fromstring(response.text).xpath("//input[@name='csrf_token']/@value")[0]

    def _page(self, response: Any, expect: int) -> Page:
        text = response.text if "text" in (response.content_type or "") else ""
        settle()
        page = Page(response.status_code, text, response.headers.get("Location", ""), response.headers, response.data)
        assert page.status == expect, f"expected {expect}, got {page.status}: {page.location or page.text[:2000]}"
        assert response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        if (response.content_type or "").startswith("text/html") and page.status not in (301, 302, 303, 308):
            check_page(page)
        return page


def settle() -> None:
    """End the test's own transaction, so that neither it nor the request waits for the other or sees old rows."""
    if has_app_context():
        db.session.rollback()


def check_page(page: Page) -> None:
    """What must hold on every page."""
    tree = page.tree
    headings = tree.xpath("//h1")
    assert len(headings) == 1, f"{len(headings)} h1"
    title = " ".join(tree.xpath("string(//title)").split())
    assert title.endswith(" – Common Ground"), title
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    assert not tree.xpath("//@style"), "inline style"
    assert not tree.xpath("//script[not(@src)]"), "inline script"
    assert not [name for name in tree.xpath("//@*/..")[0].attrib if name.startswith("on")]
    for field in tree.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        named = (
            field.xpath("ancestor::label")
            or tree.xpath(f"//label[@for='{field.get('id')}']")
            or field.get("aria-label")
        )
        assert named or field.get("aria-labelledby"), parser.tostring(field)
    for form in tree.xpath("//form[@method='post']"):
        kept = title.startswith("Not just now")  # gives back what was sent, with the key it had or had not
        for hidden in ("csrf_token", "once"):
            found = form.xpath(f".//input[@name='{hidden}']")
            assert found or kept or form.get("action") == "/sign-in", parser.tostring(form)[:200]
    for anchor in tree.xpath("//a[starts-with(@href, '#')]/@href"):
        assert anchor[1:] in ids, f"{anchor} leads nowhere"
    for described in tree.xpath("//@aria-describedby | //@aria-labelledby"):
        for one in described.split():
            assert one in ids, f"{one} is not there to describe"


def sign_in_directly(client: FlaskClient, token: str) -> None:
    """Put a sign-in's token into the client's cookie, as the sign-in page does, without hashing a password."""
    with client.session_transaction() as held:
        held[COOKIE_KEY] = token
