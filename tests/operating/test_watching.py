"""/metrics: for its token, or on this machine; figures of the service and nothing of anybody."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from lms.core.db import writing
from lms.notifications.models import OutboxMail, State
from tests.support.browser import settle

AWAY = {"REMOTE_ADDR": "203.0.113.9"}


def figures(answer):
    assert answer.status_code == 200
    return {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_this_machine_reads_what_is_counted(nobody):
    before = figures(nobody.client.get("/metrics")).get(("common_ground_answers_total", "/help", "200", "GET"), 0)
    nobody.client.get("/help")
    found = figures(nobody.client.get("/metrics"))
    key = next(name for name in found if name[0] == "common_ground_answers_total" and "/help" in name)
    assert found[key] >= before + 1
    assert found[("common_ground_database_up",)] == 1
    assert found[("common_ground_mails_parked",)] == 0


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"X-Real-IP": "::1"}]
)
def test_nobody_else_does_without_a_token(nobody, headers):
    assert nobody.client.get("/metrics", environ_base=AWAY).status_code == 404
    assert nobody.client.get("/metrics", headers=headers).status_code == 404


def test_with_a_token_its_holder_reads_from_anywhere_and_nobody_else(nobody, settings, monkeypatch):
    monkeypatch.setattr(settings, "metrics_token", "a-long-token")
    right = {"Authorization": "Bearer a-long-token"}
    assert nobody.client.get("/metrics", environ_base=AWAY, headers=right).status_code == 200
    for wrong in (
        {},
        {"Authorization": "Bearer another"},
        {"Authorization": "a-long-tokeN"},
        {"Authorization": "Bearer é"},
    ):
        assert nobody.client.get("/metrics", headers=wrong).status_code == 404


def test_mails_that_wait_and_that_are_parked_are_counted(nobody, make):
    person = make.person()
    with writing() as session:
        session.add(
            OutboxMail(
                person_id=person.id,
                address="a@b.example",
                kind="account",
                subject="-",
                body="-",
                state=State.PARKED.value,
            )
        )
    settle()
    assert figures(nobody.client.get("/metrics"))[("common_ground_mails_parked",)] == 1


def test_a_higher_room_adds_a_figure_and_leaves_it_out_when_it_is_not_known(app, nobody, monkeypatch):
    more = {"backup_age_seconds": ("Age of the last backup", lambda: 60.0), "unknown": ("Not known", lambda: None)}
    monkeypatch.setitem(app.extensions, "measures", more)
    found = figures(nobody.client.get("/metrics"))
    assert found[("common_ground_backup_age_seconds",)] == 60
    assert ("common_ground_unknown",) not in found


def test_when_the_database_is_away_it_says_so(nobody, monkeypatch):
    def away():
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr("lms.operating.queries.numbers", away)
    assert figures(nobody.client.get("/metrics"))[("common_ground_database_up",)] == 0


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_whoever_watches_may_ask_by_the_machines_own_address(nobody, address):
    assert nobody.client.get(address, headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert nobody.client.get("/help", headers={"Host": "10.0.0.7:8000"}).status_code == 400
