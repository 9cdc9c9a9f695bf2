"""The browser behind the present request, and what it is given at a sign-in."""

from flask import request, session
from werkzeug.wrappers import Response

from lms.core.errors import Refusal
from lms.signin.actions import Browser
from lms.signin.throttle import TooManyTries
from lms.web.access import COOKIE_KEY
from lms.web.forms import PageForm
from lms.web.security import fresh_session

TOO_MANY = 429
EMPTIED = '"cache", "storage"'  # not cookies: ours is emptied by itself, and brings the sentence of the next page


def browser() -> Browser:
    """Where the request comes from: the address as the server sees it (LMS_PROXIES says how many proxies to believe),
    and what the browser calls itself.
    """
    return Browser(request.remote_addr or "", request.user_agent.string)


def hand_over(token: str) -> None:
    """Give the browser its sign-in, and nothing that its cookie held before."""
    fresh_session()
    session[COOKIE_KEY] = token


def take_leave(answer: Response) -> Response:
    """Have the browser empty what it keeps of this site, also where no script runs. Browsers heed it where the address
    is secure, or of this machine.
    """
    answer.headers["Clear-Site-Data"] = EMPTIED
    return answer


def refused(form: PageForm, refusal: Refusal) -> int:
    """Show a refusal on the form, and say with which status to answer."""
    form.refuse(refusal)
    return TOO_MANY if isinstance(refusal, TooManyTries) else form.status
