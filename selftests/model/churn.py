# SPDX-License-Identifier: GPL-2.0
"""New conns in a stream while everything about the director changes: not one
may be refused, lost, or sent to two servers.

A second process commits and commands as fast as it can; this one sends a SYN,
and now and then another packet of an older conn, and looks where it goes.
"""
import os
import random
import select
import sys
import traceback

import model
from balancer import (ACK, SYN, TCP, Missing, director_edit, make_packet,
                      server_del, server_edit)

# They stay; conns of the others may end with their servers.
STAYING, GUESTS = (1, 2), (3, 4, 5, 6)
# Never full under ovh.
WEIGHTS = (100000, 200000, 300000)


class Lost(Exception):
    """A conn was not served as it should."""


def change_guests(rng, guests):
    """Edits that let some servers come and some go."""
    edits = []
    for n in GUESTS:
        if rng.random() < 0.6:
            continue
        if n in guests:
            guests.remove(n)
            edits.append(server_del(model.Server(n)))
        else:
            guests.add(n)
            edits.append(server_edit(model.Server(
                n, rng.choice((0, *WEIGHTS)))))
    return edits


def change_all(lb, rng, scheduler, guests):
    """A transaction and two run-time commands; those who stay are usable."""
    stay = [model.Server(n, rng.choice(WEIGHTS)) for n in STAYING]
    lb.commit([director_edit(scheduler, TCP), *map(server_edit, stay),
               *change_guests(rng, guests)])
    lb.state(rng.choice(stay), OVERRIDE=rng.choice(WEIGHTS))
    if guests:
        lb.state(model.Server(rng.choice(sorted(guests))),
                 ADMIN=rng.choice((model.UP, model.DRAIN, model.DOWN)))


def keep_changing(lb, seed, schedulers, until, report):
    """The second process: ends when the other end of until is closed, and says
    how often it has been through all schedulers."""
    lb.connect()
    rng, guests, rounds = random.Random(seed), set(), 0
    while not select.select([until], [], [], 0)[0]:
        for scheduler in schedulers:
            change_all(lb, rng, scheduler, guests)
        rounds += 1
    os.write(report, str(rounds).encode())


def start(lb, seed, schedulers):
    """Returns the pipes' ends: close the first to end it, read the second."""
    until, end = os.pipe()
    result, report = os.pipe()
    if not os.fork():
        try:
            os.close(end)
            keep_changing(lb, seed, schedulers, until, report)
        except Exception:
            traceback.print_exc(file=sys.stderr)
        finally:
            os._exit(0)
    os.close(until)
    os.close(report)
    return end, result


def stream(lb, rng, count):
    conns = []
    for i in range(count):
        where = 1 + i // 1000, 1024 + i % 1000
        conns.append((where, lb.send_sure(make_packet(TCP, *where, SYN))))
        old, number = rng.choice(conns)
        if number not in STAYING:
            continue
        again = lb.send_sure(make_packet(TCP, *old, rng.choice((SYN, ACK))))
        if again != number:
            raise Lost(f"conn {old} of s{number} is sent to s{again}")


def churn(lb, rng, count, schedulers):
    lb.commit([director_edit(schedulers[0], TCP)] +
              [server_edit(model.Server(n, WEIGHTS[0])) for n in STAYING])
    end, result = start(lb, rng.random(), schedulers)
    lost = ""
    try:
        stream(lb, rng, count)
    except Missing as e:
        lost = e
    finally:
        os.close(end)
        rounds = int(os.read(result, 20) or 0)
        os.wait()
    counters = lb.counters()
    dropped = {k: v for k, v in counters.items()
               if v and k.startswith(("drop_", "pass_"))}
    if lost or dropped or lb.receive():
        raise Lost(f"{lost} not forwarded: {dropped}")
    if counters["conn_new"] < count or not rounds:
        raise Lost(f"{counters['conn_new']} conns, {rounds} rounds")
    return f"{rounds} rounds of {len(schedulers)} schedulers"
