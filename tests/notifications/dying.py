"""A worker that kills itself while it sends a mail: run as a program, with the step at which to die."""

import os
import signal
import sys

from lms.app import create_app
from lms.notifications import delivering
from lms.notifications.carriers import SmtpCarrier


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Dying(SmtpCarrier):
    """Sends like the real one, up to a step."""

    step = sys.argv[1] if len(sys.argv) > 1 else ""

    def send(self, mail, let_go):
        def dying_let_go():
            if self.step == "connected":
                die()
            let_go()
            if self.step == "let go":
                die()

        if self.step == "claimed":
            die()
        super().send(mail, dying_let_go)
        if self.step == "answered":
            die()

    def _hand_over(self, server, content):
        if self.step == "half the text":
            server.send(content[: len(content) // 2])
            die()
        super()._hand_over(server, content)


if __name__ == "__main__":
    app = create_app()
    with app.app_context():
        lanes = int(sys.argv[2]) if len(sys.argv) > 2 else 1
        delivering.deliver_waiting(Dying(app.extensions["settings"]), most=1000, lanes=lanes)
