"""/metrics: for its token, or on this machine; figures of the service and nothing of anybody."""

import json
from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from lms.audit import actions as audit
from lms.core import clock
from lms.core.db import writing
from lms.notifications.models import OutboxMail, State
from lms.operating import backing_up
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


def test_the_age_of_the_last_backup_and_the_length_of_the_record_are_figures(app, nobody, make, settings):
    last = settings.data_dir / backing_up.LAST
    last.unlink(missing_ok=True)
    assert ("common_ground_backup_age_seconds",) not in figures(nobody.client.get("/metrics"))
    with writing():
        audit.record(None, "tried")
    settle()
    made_at = clock.now() - timedelta(minutes=1)
    last.write_text(json.dumps({"made_at": made_at.isoformat(), "file": "a.backup"}))
    try:
        found = figures(nobody.client.get("/metrics"))
    finally:
        last.unlink()
    assert 60 <= found[("common_ground_backup_age_seconds",)] < 90
    assert found[("common_ground_audit_rows_acts",)] == 1


def test_when_the_database_is_away_it_says_so(nobody, monkeypatch):
    def away():
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr("lms.operating.queries.numbers", away)
    assert figures(nobody.client.get("/metrics"))[("common_ground_database_up",)] == 0


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_whoever_watches_may_ask_by_the_machines_own_address(nobody, address):
    assert nobody.client.get(address, headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert nobody.client.get("/help", headers={"Host": "10.0.0.7:8000"}).status_code == 400
