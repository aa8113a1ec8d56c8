# SPDX-License-Identifier: GPL-2.0
"""The module against the model: run.py HEADER COUNT SEED WHAT NETNS [NETNS]

HEADER is the UAPI header, COUNT how many decisions, SEED any word, WHAT a row
of JOBS, NETNS the path of a network namespace with nothing in it.  Prints what
was done; what went wrong goes to stderr, and the status is 1.
"""
import os
import random
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)) + "/../lib")
import genl  # noqa: E402
import churn  # noqa: E402
import model  # noqa: E402
import replay  # noqa: E402
import spread  # noqa: E402
from balancer import (DIRECTOR_DEL, FLOW_DEL, TCP, UDP, Balancer,  # noqa: E402
                      Missing)

BIG = (1 << 31) - 1
SMALL = 0, 1, 1, 2, 3
# 256 inactive conns are as good as an active one.
WIDE = (0, 1, 2, 3, 5), (0, 1, 1, 64, 128, 256), (1, 1, 1, 2), \
    (0, 1, 1000, 65537, BIG), (BIG, BIG - 1, BIG)
VIPS = [f"192.0.2.{i}" for i in range(1, 9)]
HASHES = ("source", "dest", "srcdst", "mh")


def walk(lbs, rng, count, name, expiries=0, **how):
    """Half of the decisions each with TCP and UDP."""
    refused = 0
    for proto in TCP, UDP:
        life = replay.Walk(lbs[0], rng, model.BY_NAME[name](), proto=proto,
                           **how)
        life.run(count // 2, count // expiries if expiries else 0)
        refused += life.refused
        lbs[0].commit([FLOW_DEL] * (len(life.vips) > 1) + [DIRECTOR_DEL])
    return f"{refused} refused"


def leastconn(lbs, rng, count):
    replay.boundary(lbs[0])
    return walk(lbs, rng, count, "leastconn", palettes=WIDE)


def sorry(lbs, rng, count):
    """Some of each scheduler, and often nobody but sorry servers."""
    return ", ".join(walk(lbs, rng, count // len(model.BY_NAME), name,
                          has_sorry=True, palettes=[(0, 0, 1, 2)],
                          vips=VIPS if "locality" in name else VIPS[:1])
                     for name in model.BY_NAME)


def all_changes(lbs, rng, count):
    return churn.churn(lbs[0], rng, max(2000, count),
                       [*model.BY_NAME, *HASHES, "twos"])


LOCALITY = {"palettes": [SMALL, (5, 8)], "vips": VIPS}
# What to run, and what it is to be told.
JOBS = {
    "roundrobin": (walk, {"name": "roundrobin", "palettes": WIDE}),
    "leastconn": (leastconn, {}),
    "localitybased": (walk, {"name": "leastconn localitybased", **LOCALITY}),
    "replication": (walk, {"name": "leastconn localitybased replication",
                           **LOCALITY}),
    "shrink": (walk, {"name": "leastconn localitybased replication",
                      "expiries": 8, **LOCALITY}),
    "shortexpdelay": (walk, {"name": "shortexpdelay", "palettes": WIDE}),
    "neverqueue": (walk, {"name": "neverqueue", "palettes": WIDE,
                          "target": 20}),
    "fo": (walk, {"name": "fo", "palettes": WIDE}),
    "ovh": (walk, {"name": "ovh", "palettes": [(0, 1, 2, 5, 8, 13)],
                   "target": 20}),
    "sorry": (sorry, {}),
    "twos": (spread.twos, {}),
    "churn": (all_changes, {}),
}
for scheduler in HASHES:
    JOBS[scheduler] = spread.hashes, {"scheduler": scheduler}
    JOBS[scheduler + "-port"] = spread.hashes, {"scheduler": scheduler,
                                                "has_port": True}


def main():
    header, count, seed, what, *netns = sys.argv[1:]
    genl.read_header(header)
    lbs = [Balancer(ns) for ns in netns]
    job, how = JOBS[what]
    try:
        said = job(lbs, random.Random(seed), int(count), **how)
    except (replay.Mismatch, spread.Unfair, churn.Lost, Missing) as e:
        print(e, file=sys.stderr)
        sys.exit(1)
    print(what, count, "decisions, seed", seed + ":", said)


main()
