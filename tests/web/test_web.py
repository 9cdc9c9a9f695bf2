"""The glue: transactions, headers, hosts, origins, errors and downloads."""

from datetime import UTC, date, datetime
from time import perf_counter

import pytest
from flask import Flask, Response, request
from sqlalchemy import delete, func, select, text

from lms.audit.models import AuditEntry
from lms.cohorts.forms import SearchForm
from lms.config import Settings
from lms.core.db import WroteWhileReading, db, separate, writing
from lms.people.models import Agency
from lms.signin.forms import SignInForm
from lms.web import security
from lms.web.answers import is_ours
from lms.web.downloads import csv_lines, neutral
from lms.web.templating import clock_time, duration, long_date


def test_a_read_that_tries_to_save_is_stopped(database):
    db.session.add(Agency(name="Never", sector="health", partnership="Fernshire"))
    with pytest.raises(WroteWhileReading):
        db.session.flush()


def test_a_read_that_tries_to_change_rows_is_stopped(database):
    with pytest.raises(WroteWhileReading):
        db.session.execute(delete(Agency))


def test_what_fails_inside_a_write_is_undone(make):
    def break_off():
        with writing() as session:
            session.add(Agency(name="Half done", sector="health", partnership="Fernshire"))
            session.flush()
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        break_off()
    assert db.session.scalar(select(func.count()).select_from(Agency)) == 0


def test_a_separate_transaction_outlives_a_refusal(make):
    with separate() as session:
        session.add(Agency(name="Kept", sector="health", partnership="Fernshire"))
    db.session.rollback()
    assert db.session.scalar(select(Agency.name)) == "Kept"


@pytest.mark.parametrize("address", ["/healthz", "/sign-in", "/help", "/nothing-here", "/me/"])
def test_every_answer_carries_the_headers(nobody, address):
    headers = nobody.client.get(address).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"]


def test_personal_pages_are_not_kept_by_the_browser(as_user, make):
    assert as_user(make.person()).get("signin.me").headers["Cache-Control"] == "no-store"


def cookie_of(settings: Settings, base_url: str) -> Response:
    """What a server with these settings answers to somebody whom it gives a session."""
    server = Flask("elsewhere")
    security.install(server, settings)
    server.add_url_rule("/", view_func=lambda: security.fresh_session() or "")
    return server.test_client().get("/", base_url=base_url)


def test_the_cookie_cannot_be_read_by_scripts_or_sent_by_other_sites(settings):
    [cookie] = cookie_of(settings, "http://localhost").headers.getlist("Set-Cookie")
    assert cookie.startswith("common-ground=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_over_https_the_cookie_belongs_to_this_host_and_never_leaves_it_in_the_clear():
    address = "https://training.example.org"
    answer = cookie_of(Settings({"LMS_SECRET_KEY": "k" * 40, "LMS_BASE_URL": address}), address)
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-common-ground=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(("origin", "status"), [("https", 400), ("http", 403)])
def test_to_a_site_with_https_a_page_of_its_name_without_it_is_another_site(origin, status):
    name = "training.example.org"
    server = Flask("elsewhere")
    security.install(server, Settings({"LMS_SECRET_KEY": "k" * 40, "LMS_BASE_URL": f"https://{name}"}))
    server.add_url_rule("/", view_func=lambda: "", methods=["POST"])
    sent = server.test_client().post("/", base_url=f"https://{name}", headers={"Origin": f"{origin}://{name}"})
    assert sent.status_code == status  # 400: it is let through as far as its token, which is missing


def test_a_foreign_host_name_is_refused(nobody):
    assert nobody.client.get("/help", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "//localhost"},
    ],
)
def test_a_write_from_another_sites_page_is_refused(as_user, make, headers):
    browser = as_user(make.person())
    data = {"csrf_token": browser.token(), "theme": "dark"}
    assert browser.client.post("/me/theme", data=data, headers=headers).status_code == 403
    assert browser.get("signin.me").all("/html/@data-theme") == []


def test_an_unknown_address_gets_a_plain_page(nobody):
    page = nobody.get("/nothing-here", expect=404)
    assert "nothing here that you can see" in page.words


def test_a_fault_of_ours_gives_a_reference_and_no_traceback(app: Flask, nobody, monkeypatch, capsys):
    def fail():
        raise RuntimeError("secret detail")

    fail.access = app.view_functions["home.help_page"].access
    monkeypatch.setitem(app.view_functions, "home.help_page", fail)
    page = nobody.client.get("/help")
    assert page.status_code == 500
    assert "nothing was changed" in page.text
    assert "secret detail" not in page.text
    assert "secret detail" in capsys.readouterr().out


def test_the_log_of_a_fault_says_nothing_that_anybody_typed(app: Flask, as_user, make, monkeypatch, capsys):
    typed = " ".join(("a", "private", "thought"))  # the log quotes this file's lines, which must not hold it whole

    def fail():
        db.session.execute(text("SELECT nothing FROM nowhere WHERE note = :note"), {"note": typed})

    fail.access = app.view_functions["home.help_page"].access
    monkeypatch.setitem(app.view_functions, "home.help_page", fail)
    assert as_user(make.person()).client.get("/help").status_code == 500
    logged = capsys.readouterr().out
    assert "nowhere" in logged
    assert "a private thought" not in logged


def test_the_server_says_it_is_alive_and_ready(nobody):
    assert nobody.client.get("/healthz").text == "alive\n"
    assert nobody.client.get("/readyz").text == "ready\n"


def test_a_server_with_an_old_schema_is_not_ready(nobody, monkeypatch):
    monkeypatch.setattr("lms.core.schema.newest", lambda: "9999")
    response = nobody.client.get("/readyz")
    assert response.status_code == 503
    assert "lms db upgrade" in response.text


def test_a_sign_that_a_database_cannot_keep_is_left_out_of_every_form(app):
    with app.test_request_context(method="POST", data={"email": "leah@\x00agency.example", "password": "x\x00"}):
        form = SignInForm()
        assert form.submitted()
        assert form.data == {"email": "leah@agency.example", "password": "x"}
    with app.test_request_context("/?name=St%00one"):
        assert SearchForm(request.args).name.data == "Stone"


def test_too_large_a_form_is_refused(as_user, make):
    browser = as_user(make.person())
    response = browser.client.post("/me/theme", data={"theme": "x" * 1_100_000})
    assert response.status_code == 413


def test_static_files_are_kept_for_ever_under_a_name_that_changes(nobody):
    address = nobody.get("/help").all("//link[@rel='stylesheet']/@href")[0]
    with nobody.client.get(address) as response:
        assert response.status_code == 200
        assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u00a0=1",
        "\u2003=1",
        "\u200b=1",
        "\ufeff =1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20SUM(A1)",
        "\u3000\uff1d1",
    ],
)
def test_no_cell_of_a_csv_is_a_formula(cell):
    assert neutral(cell).startswith("'")


@pytest.mark.parametrize("cell", ["Leah Stone", "14 Jan 2027", "", None, 7])
def test_plain_cells_stay_as_they_are(cell):
    assert neutral(cell) == ("" if cell is None else str(cell))


def test_csv_is_utf8_with_a_mark_that_excel_understands():
    text = "".join(csv_lines([["Name"], ["Łucja, “L”"]]))
    assert text == '\ufeffName\r\n"Łucja, “L”"\r\n'


@pytest.mark.parametrize("target", ["//evil", "/\\evil", "https://evil", "evil", "", None, "/a\r\nb", "/ü"])
def test_only_plain_paths_of_ours_are_returned_to(target):
    assert not is_ours(target)


def test_a_path_of_ours_is_returned_to():
    assert is_ours("/learn/lead-professional/why-a-lead?x=1")


def test_dates_and_times_read_as_people_write_them():
    assert long_date(date(2027, 1, 14)) == "Thursday 14 January 2027"
    assert clock_time(datetime(2027, 7, 1, 8, 30, tzinfo=UTC)) == "9:30\u00a0am"
    assert clock_time(datetime(2027, 1, 1, 12, 0, tzinfo=UTC)) == "12:00\u00a0pm"
    together = "1\u00a0h\u00a015\u00a0min"
    assert [duration(1), duration(40), duration(60), duration(75)] == ["1 minute", "40 minutes", "1\u00a0h", together]


def test_a_separate_transaction_is_refused_where_it_would_wait_for_its_own_request(make):
    with writing() as session:
        session.scalar(select(Agency.name))
        with pytest.raises(RuntimeError, match="write lock"), separate():
            pass


def test_a_refused_write_is_answered_at_once_and_noted(as_user, make):
    browser = as_user(make.person())
    started = perf_counter()
    response = browser.client.post("/cohorts/new", data={"csrf_token": browser.token()})
    assert response.status_code == 403
    assert perf_counter() - started < 5
    assert db.session.scalar(select(AuditEntry.action)) == "access.refused"


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "DELETE", "QUERY", "JUNK"])
def test_a_method_that_an_address_does_not_know_is_told_which_it_knows(nobody, method):
    for address, known in (("/sign-in", {"GET", "HEAD", "OPTIONS", "POST"}), ("/help", {"GET", "HEAD", "OPTIONS"})):
        answer = nobody.client.open(address, method=method)
        assert (answer.status_code, set(answer.allow)) == (405, known)
