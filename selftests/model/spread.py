# SPDX-License-Identifier: GPL-2.0
"""What is not one pick but many: how the hash schedulers and twos spread
clients over servers, and who moves when the servers change.

Datagrams of a one-packet director: a decision each, and no conn that would
change the next one.
"""
import model
from balancer import (DIRECTOR_DEL, FLOW_DEL, PORT, SYN, UDP, VIP,
                      director_edit, flow_edits, make_packet, server_del,
                      server_edit)

ONEPACKET, HASH_PORT = 1, 2
FLOW = flow_edits("203.0.0.0", 8)
SIGMAS = 4


class Unfair(Exception):
    """A share or a move is out of its bounds."""


def sigma(share, count):
    """Of a share measured over count independent keys."""
    return (share * (1 - share) / count) ** 0.5


class Keys:
    """Distinct keys: what of a packet a scheduler hashes, and of the rest
    something that must not count."""

    def __init__(self, scheduler, has_port):
        self.scheduler, self.has_port = scheduler, has_port

    def packets(self, count, noise=0):
        for i in range(count):
            yield self.packet(i, noise)

    def packet(self, i, noise):
        """Of key i; another noise changes all that is not of the key."""
        any_number = i * 7919 + noise * 104729
        client, port = 1 + any_number % 60000, 1024 + any_number % 59999
        vip = VIP
        if self.scheduler == "dest":
            vip = f"203.{i >> 16}.{i >> 8 & 255}.{i & 255}"
        elif self.scheduler == "srcdst":
            client, vip = 1 + i // 100, f"203.0.113.{i % 100}"
        elif self.has_port:
            client, port = 1 + i // 100, 1024 + i % 100
        else:
            client = 1 + i
        return make_packet(UDP, client, port, SYN, vip, PORT)


class Table:
    """One balancer with a hash director of some servers."""

    def __init__(self, lb, scheduler, servers, has_port=False):
        self.lb, self.keys = lb, Keys(scheduler, has_port)
        self.has_flow = scheduler in ("dest", "srcdst")
        director = director_edit(
            scheduler, UDP, ONEPACKET | (HASH_PORT if has_port else 0),
            is_flow_only=self.has_flow)
        lb.commit([director, *map(server_edit, servers),
                   *(FLOW if self.has_flow else ())])

    def picks(self, count, noise=0):
        return [self.lb.send_sure(p) for p in self.keys.packets(count, noise)]

    def remove(self):
        self.lb.commit([FLOW_DEL] * self.has_flow + [DIRECTOR_DEL])


def check_shares(what, picks, weights):
    """Each server's share is its weight's, to 5 % and what sampling adds."""
    total = sum(weights.values())
    for number, weight in weights.items():
        want, got = weight / total, picks.count(number) / len(picks)
        slack = 0.05 * want + SIGMAS * sigma(want, len(picks))
        if abs(got - want) > slack:
            raise Unfair(f"{what}: s{number} of weight {weight} gets "
                         f"{got:.4f}, not {want:.4f} +- {slack:.4f}")
    extra = set(picks) - set(weights)
    if extra:
        raise Unfair(f"{what}: s{extra} should get nothing")


def check_same(what, one, two):
    moved = sum(a != b for a, b in zip(one, two))
    if moved:
        raise Unfair(f"{what}: {moved} of {len(one)} keys moved")


def check_shapes(lb, other, rng, scheduler, has_port, count):
    """Shares by weight; the same key the same server whatever else a packet
    says, whatever the order of the lines, and on another balancer."""
    servers = [model.Server(n, rng.choice((1, 2, 3, 5, 8)))
               for n in rng.sample(range(1, 40), 6)]
    table = Table(lb, scheduler, servers, has_port)
    picks = table.picks(count)
    check_shares("shares", picks, {s.number: s.weight for s in servers})
    few = picks[:1000]
    check_same("other fields", few, table.picks(1000, 1))
    rng.shuffle(servers)
    twin = Table(other, scheduler, servers, has_port)
    check_same("another balancer, another order", few, twin.picks(1000))
    table.remove()
    again = Table(lb, scheduler, servers, has_port)
    check_same("made anew", few, again.picks(1000))
    again.remove()
    twin.remove()


def check_away(lb, table, before, gone, stay):
    """A server is down or drained: all its keys, and no others, move to the
    others by weight; they come back with it."""
    for admin in (model.DOWN, model.DRAIN):
        lb.state(gone, ADMIN=admin)
        without = table.picks(len(before))
        for old, new in zip(before, without):
            if old != new and old != gone.number:
                raise Unfair(f"{gone} set {admin}: a key of s{old} moved")
        check_shares(f"{gone} set {admin}", without, stay)
        lb.state(gone, ADMIN=model.UP)
        check_same(f"{gone} set up again", before, table.picks(len(before)))


def check_removed(lb, table, before, gone, stay):
    """Its line is removed: hardly any key of others moves.  Returns how many
    moved for each of its own."""
    lb.commit([server_del(gone)])
    without = table.picks(len(before))
    mine = before.count(gone.number)
    others = sum(a != b for a, b in zip(before, without)) - mine
    if gone.number in without:
        raise Unfair(f"{gone} is removed and picked")
    if others > 0.05 * mine + SIGMAS * (0.05 * mine) ** 0.5:
        raise Unfair(f"{gone} removed: {others} keys of others moved beside "
                     f"its own {mine}")
    check_shares(f"{gone} removed", without, stay)
    lb.commit([server_edit(gone)])
    check_same(f"{gone} added again", before[:500], table.picks(500))
    return 1 + others / mine


def check_moves(lb, rng, scheduler, has_port, n, count):
    """One of n servers goes."""
    servers = [model.Server(i, 1 + i % 3) for i in range(1, n + 1)]
    table = Table(lb, scheduler, servers, has_port)
    before = table.picks(count)
    gone = rng.choice(servers)
    stay = {s.number: s.weight for s in servers if s is not gone}
    check_away(lb, table, before[:500], gone, stay)
    ratio = check_removed(lb, table, before, gone, stay)
    table.remove()
    return f"1 of {n}: {ratio:.3f}"


def hashes(lbs, rng, count, scheduler, has_port=False):
    """All of it; says how many keys moved when a line was removed, in units of
    the server's own."""
    check_shapes(*lbs, rng, scheduler, has_port, count)
    return "moved with " + ", ".join(
        check_moves(lbs[0], rng, scheduler, has_port, n, count // 5)
        for n in (4, 5, 10))


# --- twos ---

def chi_square_bound(df):
    """Exceeded by chance once in a million (Wilson and Hilferty)."""
    return df * (1 - 2 / (9 * df) + 4.75 * (2 / (9 * df)) ** 0.5) ** 3


def hold_conns(lb, rng, servers):
    """Some conns for each server, by a director that has only it in use."""
    port = 1024
    for srv in servers:
        lb.commit([director_edit("fo")] + [server_edit(model.Server(
            s.number, 1000 if s is srv else 1)) for s in servers])
        for _ in range(rng.randint(0, 12)):
            port += 1
            if lb.send_sure(make_packet(UDP, 1, port)) != srv.number:
                raise Unfair(f"fo does not take {srv}")
            srv.active += 1


def twos(lbs, rng, count):
    """Four sets of weights and loads, each a quarter of the decisions."""
    said = []
    for _ in range(4):
        lb = lbs[0]
        servers = [model.Server(n, rng.choice((1, 2, 3, 5, 8)))
                   for n in rng.sample(range(1, 40), 5)]
        hold_conns(lb, rng, servers)
        lb.commit([director_edit("twos", flags=ONEPACKET),
                   *map(server_edit, servers)])
        said.append(one_twos(lb, servers, count // 4))
        lb.commit([DIRECTOR_DEL])
    return ", ".join(said)


def one_twos(lb, servers, count):
    picks = [lb.send_sure(make_packet(UDP, 2 + i % 1000, 1024 + i // 1000))
             for i in range(count)]
    chi, groups, rest_p, rest_n = 0.0, 0, 0.0, 0
    for number, p in model.twos_shares(servers).items():
        got = picks.count(number)
        if p * count < 5:	# too few for the test to hold: all such in one
            rest_p, rest_n = rest_p + p, rest_n + got
            continue
        chi += (got - p * count) ** 2 / (p * count)
        groups += 1
    if rest_p * count > 1:
        chi += (rest_n - rest_p * count) ** 2 / (rest_p * count)
        groups += 1
    if chi > chi_square_bound(groups - 1):
        got = {s.number: picks.count(s.number) / count for s in servers}
        raise Unfair(f"twos: chi-square {chi:.1f}; {servers}: model "
                     f"{model.twos_shares(servers)}, module {got}")
    return f"chi-square {chi:.1f}"
