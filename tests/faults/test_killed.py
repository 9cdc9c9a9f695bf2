"""The whole server is killed under load, again and again: nothing acknowledged is lost, nothing is there twice."""

import random
import sys
import time

from tests.faults.working import Load


def test_no_acknowledged_act_is_lost_and_none_is_done_twice_when_the_server_is_killed(site, kills, capsys):
    site.start(worker=True)
    load = Load(site)
    with load.at_work():
        for _ in range((kills + 1) // 2):
            time.sleep(random.uniform(0.3, 1.5))
            site.kill()
            site.start(worker=True)
        time.sleep(1)
    site.kill()
    load.check()
    with capsys.disabled():
        acts = f"{sum(load.done.values())} acts {load.done}"
        sys.stdout.write(f"\n{site.url.partition(':')[0]}: {(kills + 1) // 2} kills, {acts}\n")
