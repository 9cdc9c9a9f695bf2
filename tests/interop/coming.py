"""Going to a provider and coming back, as a browser does."""

from sqlalchemy import func, select

from lms.audit.models import AuditEntry
from lms.core.db import db
from lms.signin.models import SignIn
from tests.support.browser import settle


def go(visitor, provider, issuer, **query):
    """Go to the provider and let it send the browser back; the address to come back to."""
    there = visitor.get("oidc.go", provider_id=provider.id, expect=303, query=query).location
    assert there.startswith(f"{issuer.address}/go?")
    code, state = issuer.authorize(there)
    return f"/sign-in/agency/{provider.agency_id}/back?code={code}&state={state}"


def come(visitor, provider, issuer, expect=303, **query):
    return visitor.get(go(visitor, provider, issuer, **query), expect=expect)


def is_in(visitor):
    settle()
    return visitor.client.get("/me/").status_code == 200


def refused(visitor, provider, issuer, *words, status=403):
    page = come(visitor, provider, issuer, expect=status)
    assert page.h1 == "You are not signed in"
    for word in words:
        assert word in page.words
    assert not is_in(visitor)
    assert db.session.scalar(select(func.count()).select_from(SignIn)) == 0
    return page


def why():
    settle()
    found = select(AuditEntry.detail).where(AuditEntry.action == "sign_in.refused")
    return [one["why"] for one in db.session.scalars(found.order_by(AuditEntry.at))]
