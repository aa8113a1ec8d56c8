# SPDX-License-Identifier: GPL-2.0
"""What each scheduler has to pick, in its simplest words.

Written from the definitions of the language, not from the module: every pick
looks at every server, nothing is kept that can be computed.  A scheduler is a
class with pick(servers, dest): the server, or None if it refuses.  The servers
are the usable ones, in line order; where two are equally good the first of
them is meant.
"""
import math

UP, DRAIN, DOWN = 0, 1, 2


class Server:
    """One line of a director and the conns of its server.  Who adds it to a
    director anew makes it anew: its number is the last of its address."""

    def __init__(self, number, weight=1, sorry=False):
        self.number = number
        self.weight = weight		# as configured
        self.in_force = weight		# the same at the last commit
        self.override = None		# as ordered at run time
        self.admin = UP
        self.sorry = sorry
        self.active = self.inactive = 0

    @property
    def name(self):
        return f"s{self.number}"

    @property
    def effective(self):
        if self.admin != UP:
            return 0
        return self.weight if self.override is None else self.override

    @property
    def load(self):
        return 256 * self.active + self.inactive

    def __repr__(self):
        return (f"{self.name}(w={self.effective} {self.active}+"
                f"{self.inactive}{' sorry' if self.sorry else ''})")


def least(servers, cost):
    """The first server with the least cost/weight, compared as fractions."""
    best = servers[0]
    for srv in servers[1:]:
        if cost(srv) * best.effective < cost(best) * srv.effective:
            best = srv
    return best


def heaviest(servers):
    return max(servers, key=lambda srv: srv.effective)	# the first of them


class Scheduler:
    """One that remembers nothing of servers and weights."""

    def changed(self):
        pass

    def nobody_left(self):
        pass


class RoundRobin(Scheduler):
    """Rounds of a falling threshold over the weights divided by their gcd:
    at each from the highest weight to 1, all servers of at least that weight,
    heaviest first.  A change of servers or weights begins a new round."""
    name = "roundrobin"

    def __init__(self):
        self.changed()

    def changed(self):
        self.round = iter(())

    @staticmethod
    def one_round(servers):
        gcd = math.gcd(*(srv.effective for srv in servers))
        order = sorted(servers, key=lambda srv: -srv.effective)
        for threshold in range(order[0].effective // gcd, 0, -1):
            for srv in order:
                if srv.effective // gcd >= threshold:
                    yield srv

    def pick(self, servers, dest):
        for srv in self.round:
            return srv
        self.round = self.one_round(servers)
        return next(self.round)


class LeastConn(Scheduler):
    name = "leastconn"

    def pick(self, servers, dest):
        return least(servers, lambda srv: srv.load)


class ShortExpDelay(Scheduler):
    name = "shortexpdelay"

    def pick(self, servers, dest):
        return least(servers, lambda srv: srv.active + 1)


class NeverQueue(Scheduler):
    name = "neverqueue"

    def pick(self, servers, dest):
        for srv in servers:
            if srv.active == 0:
                return srv
        return ShortExpDelay().pick(servers, dest)


class Fo(Scheduler):
    name = "fo"

    def pick(self, servers, dest):
        return heaviest(servers)


class Ovh(Scheduler):
    name = "ovh"

    def pick(self, servers, dest):
        room = [srv for srv in servers if srv.active <= srv.effective]
        return heaviest(room) if room else None


def is_overloaded(srv, servers):
    return srv.active > srv.effective and any(
        2 * other.active < other.effective for other in servers)


class Locality(Scheduler):
    """A destination keeps its server while that is usable and not overloaded
    beside one that is half idle.  All are forgotten when nobody is usable."""
    name = "leastconn localitybased"

    def __init__(self):
        self.remembered = {}

    def nobody_left(self):
        self.remembered.clear()

    def pick(self, servers, dest):
        srv = self.remembered.get(dest)
        if srv not in servers or is_overloaded(srv, servers):
            srv = LeastConn().pick(servers, dest)
            self.remembered[dest] = srv
        return srv


class Replication(Scheduler):
    """A destination keeps a set of servers, asked in line order; those
    that are not usable when another joins have left.  A set of several that
    has been the same for long enough (the driver says which, in stale) gives
    up those that are not usable, or else the most loaded one, when asked.
    """
    name = "leastconn localitybased replication"

    def __init__(self):
        self.sets = {}
        self.stale = set()

    def nobody_left(self):
        self.sets.clear()

    def shrink(self, members, servers):
        usable = [srv for srv in servers if srv in members]
        if len(usable) < len(members):
            members[:] = usable
            return
        worst = usable[0]
        for srv in usable:
            if srv.load * worst.effective > worst.load * srv.effective:
                worst = srv
        members.remove(worst)

    def pick(self, servers, dest):
        members = self.sets.setdefault(dest, [])
        good = [srv for srv in servers
                if srv in members and not is_overloaded(srv, servers)]
        if dest in self.stale and len(members) > 1:
            self.shrink(members, servers)
        if good:
            return least(good, lambda srv: srv.load)
        srv = LeastConn().pick(servers, dest)
        members[:] = [old for old in members if old in servers]
        if srv not in members:
            members.append(srv)
        return srv


class Director:
    """Servers in line order, a scheduler, and who may be picked."""

    def __init__(self, scheduler):
        self.scheduler = scheduler
        self.servers = []

    def committed(self):
        """The lines are in force; a weight ordered at run time holds until
        another one is configured."""
        for srv in self.servers:
            if srv.weight != srv.in_force:
                srv.override, srv.in_force = None, srv.weight
        self.changed()

    def changed(self):
        """Servers, their weights or states are other ones now."""
        self.scheduler.changed()
        if not self.usable():
            self.scheduler.nobody_left()

    def usable(self):
        able = [srv for srv in self.servers if srv.effective > 0]
        return ([srv for srv in able if not srv.sorry] or
                [srv for srv in able if srv.sorry])

    def pick(self, dest=None):
        servers = self.usable()
        return self.scheduler.pick(servers, dest) if servers else None

    def find(self, number):
        for srv in self.servers:
            if srv.number == number:
                return srv
        return None


BY_NAME = {cls.name: cls for cls in (
    RoundRobin, LeastConn, Locality, Replication, ShortExpDelay, NeverQueue,
    Fo, Ovh)}


def twos_shares(servers):
    """How likely each server is picked of two weighted draws, the same one
    perhaps twice, of which the lower load/weight wins, else the first drawn:
    by number, as loads stand."""
    total = sum(srv.effective for srv in servers)
    share = {srv.number: 0.0 for srv in servers}
    for one in servers:
        for two in servers:
            p = one.effective * two.effective / total ** 2
            share[least([one, two], lambda srv: srv.load).number] += p
    return share
