# SPDX-License-Identifier: GPL-2.0
"""The module against the model: run.py HEADER COUNT SEED WHAT [NETNS...]

HEADER is the UAPI header, COUNT how many decisions, SEED any word, NETNS the
path of a network namespace with nothing in it.  Prints what was done; what
went wrong goes to stderr, the status is 1 then.
"""
import random
import sys

sys.path.insert(0, sys.path[0] + "/../lib")
import genl  # noqa: E402
import model  # noqa: E402
import replay  # noqa: E402
from balancer import TCP, UDP, Balancer  # noqa: E402

BIG = (1 << 31) - 1
SMALL = (0, 1, 1, 2, 3)
WIDE = (0, 1, 1, 2, 3, 5, 8, 100, 1000, 65537, BIG)


def walk(lb, rng, count, name, **how):
    """A third of the decisions each: TCP, UDP, and with sorry servers."""
    refused = 0
    for proto, sorry in ((TCP, False), (UDP, False), (TCP, False)):
        life = replay.Walk(lb, rng, model.BY_NAME[name](), proto=proto,
                           sorry=sorry, **how)
        life.run(-(-count // 3))
        refused += life.refused
        lb.commit([("DIRECTOR_DEL", {"DIRECTOR": {"NAME": "d"}})])
    return f"{refused} refused"


WALKS = {
    "roundrobin": ("roundrobin", {"weights": WIDE}),
    "leastconn": ("leastconn", {"weights": WIDE}),
    "shortexpdelay": ("shortexpdelay", {"weights": WIDE}),
    "neverqueue": ("neverqueue", {"weights": WIDE, "target": 20}),
    "fo": ("fo", {"weights": WIDE}),
    "ovh": ("ovh", {"weights": (0, 1, 2, 5, 8, 13), "target": 50}),
    "localitybased": ("leastconn localitybased", {"weights": SMALL}),
    "replication": ("leastconn localitybased replication",
                    {"weights": SMALL}),
}


def main():
    header, count, seed, what, *netns = sys.argv[1:]
    genl.read_header(header)
    lbs = [Balancer(ns) for ns in netns]
    rng = random.Random(seed)
    name, how = WALKS[what]
    try:
        print(what, count, "decisions, seed", seed,
              walk(lbs[0], rng, int(count), name, **how))
    except replay.Mismatch as e:
        print(e, file=sys.stderr)
        sys.exit(1)


main()
