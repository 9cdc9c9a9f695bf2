"""An agency with a provider of our own make, for tests of signing in there."""

import pytest

from lms.core import clock
from lms.core.db import writing
from lms.core.permissions import Role, Scope
from lms.interop.oidc import discovery
from lms.signin import passwords, sealing
from lms.signin.invitation_models import AgencyDomain
from lms.signin.provider_models import IdentityProvider
from tests.interop.issuer import issuing

PASSWORD = "a long enough password"


@pytest.fixture(autouse=True)
def _nothing_kept(app):
    app.extensions.pop(discovery.STORE, None)


@pytest.fixture
def issuer():
    with issuing() as one:
        yield one


@pytest.fixture
def trust(make):
    return make.agency("Fernshire Trust")


@pytest.fixture
def setter(make, trust):
    return make.person("Adam Admin", agency=trust, roles=((Role.ADMINISTRATOR, Scope.PARTNERSHIP),))


@pytest.fixture
def ann(make, trust, issuer):
    made = make.person("Ann Able", agency=trust, password_hash=passwords.hash_password(PASSWORD))
    issuer.claims["email"] = made.email
    return made


@pytest.fixture
def provider(make, trust, setter, issuer):
    return provider_at(make, trust, setter, issuer)


def provider_at(make, agency, setter, issuer, **given):
    asked = {"agency_id": agency.id, "asked_by": setter.id, "proven_at": clock.now()}
    says = {"name": agency.name, "issuer": issuer.address, "client_id": "lms", "domains": ["agency.example"]}
    made = make.save(
        IdentityProvider(agency_id=agency.id, client_secret=b"", made_by=setter.id, **{**says, **given}),
        AgencyDomain(domain="agency.example", **asked),
    )
    with writing():
        made.client_secret = sealing.sealed(made.id, "hidden")
    return made
