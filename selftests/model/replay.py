# SPDX-License-Identifier: GPL-2.0
"""A random life of a director, side by side with the model: every new conn's
server has to be the one that the model picks.

Conns open, get a second packet, close by FIN or RST, are flushed; servers'
weights change, some to 0, servers are drained, taken down and up, and by
commits added, removed, moved and made sorry.  What the model knows of conns is
what was sent; the module is only asked whether it counts the same.
"""
import collections
import time

import model
from balancer import (ACK, DIRECTOR_DEL, FIN, RST, SYN, TCP, UDP, VIP,
                      Missing, client_addr, director_edit, flow_edits,
                      make_packet, server_del, server_edit)

# No conn gets so old that it could expire by itself: 10 s after a RST.
OLDEST_S = 5
CLIENTS = 64
NUMBERS = range(1, 13)
DAY_S = 24 * 60 * 60


class Mismatch(Exception):
    """The module does not do what the model does."""


def set_expiry(seconds):
    with open("/sys/module/l4lb/parameters/locality_expire", "w",
              encoding="ascii") as f:
        f.write(str(seconds))


class Conn:
    def __init__(self, client, port, vip, srv):
        self.client, self.port, self.vip, self.srv = client, port, vip, srv
        self.is_active = True


class Clients:
    """Open conns by client, and the clients by their conns' age."""

    def __init__(self):
        self.conns = {n: [] for n in range(1, CLIENTS + 1)}
        self.used = collections.OrderedDict()
        self.port = 1024
        self.count = 0

    def next_port(self):
        self.port = self.port + 1 if self.port < 65535 else 1024
        return self.port

    def add(self, conn):
        self.conns[conn.client].append(conn)
        self.count += 1
        if conn.client not in self.used:
            self.used[conn.client] = time.monotonic()

    def take(self, client):
        """All conns of a client, which has none now."""
        conns, self.conns[client] = self.conns[client], []
        self.used.pop(client, None)
        self.count -= len(conns)
        return conns

    def oldest(self):
        """The client whose first packet is longest ago, and when that was."""
        return next(iter(self.used.items()), (None, None))

    def forget_server(self, srv):
        for client, conns in self.conns.items():
            self.conns[client] = [c for c in conns if c.srv is not srv]
            self.count -= len(conns) - len(self.conns[client])


class Walk:
    """palettes: which weights there are; only those of one at a time, because
    beside a very heavy server the others do not count.  target: about how many
    conns are open."""

    def __init__(self, lb, rng, scheduler, *, palettes, proto=TCP, vips=(VIP,),
                 target=100, has_sorry=False):
        self.lb, self.rng, self.proto = lb, rng, proto
        self.palettes, self.weights = palettes, palettes[0]
        self.vips, self.target = vips, target
        self.has_sorry = has_sorry
        self.director = model.Director(scheduler)
        self.clients = Clients()
        self.history = collections.deque(maxlen=12)
        self.picks = self.refused = 0
        self.overflows = lb.counters()["drop_overflow"]
        self.removed = set()	# in the transaction that is being written
        lb.flush()
        lb.commit([director_edit(scheduler.name, proto,
                                 is_flow_only=len(vips) > 1),
                   *(flow_edits(VIP, 24) if len(vips) > 1 else ())])
        for _ in range(5):
            self.commit_edits([self.edit_add()])

    # --- conns ---

    def uncount(self, conn):
        if conn.is_active:
            conn.srv.active -= 1
        else:
            conn.srv.inactive -= 1

    def flush_client(self, client):
        self.lb.flush(CLIENT_ADDR=client_addr(client))
        for conn in self.clients.take(client):
            self.uncount(conn)
        self.history.append(f"flush client {client}")

    def flush_old(self):
        while True:
            client, since = self.clients.oldest()
            if client is None or time.monotonic() - since < OLDEST_S:
                return
            self.flush_client(client)

    def packet(self, conn, flags):
        """One more packet of a conn; it follows the others."""
        number = self.lb.send_sure(make_packet(
            self.proto, conn.client, conn.port, flags, conn.vip))
        if number != conn.srv.number:
            raise Mismatch(f"a conn of {conn.srv} has a packet sent to "
                           f"s{number}")

    def close_one(self):
        """Makes an active conn inactive; UDP has no such thing."""
        conns = [c for c in self.clients.conns[self.rng.randint(1, CLIENTS)]
                 if c.is_active]
        if not conns or self.proto == UDP:
            return
        conn = self.rng.choice(conns)
        self.packet(conn, self.rng.choice((FIN | ACK, FIN | ACK, RST)))
        conn.is_active = False
        conn.srv.active -= 1
        conn.srv.inactive += 1
        self.history.append(f"close of {conn.srv}")

    def open_one(self, vip):
        """The decision."""
        client, port = self.rng.randint(1, CLIENTS), self.clients.next_port()
        expected = self.director.pick(vip)
        packet = make_packet(self.proto, client, port, SYN, vip)
        if expected:
            number = self.lb.send_sure(packet)
        else:
            number = self.lb.send(packet)
            self.refused += 1
            self.overflows += bool(self.director.usable())
        self.picks += 1
        if number != (expected.number if expected else None):
            raise Mismatch(f"{vip}: the model picks {expected}, "
                           f"the module {'s%d' % number if number else None}")
        self.history.append(f"{vip} -> {expected}")
        if not expected:
            return
        expected.active += 1
        conn = Conn(client, port, vip, expected)
        self.clients.add(conn)
        if self.rng.random() < 0.2:
            self.packet(conn, ACK)

    # --- run-time commands ---

    def state(self, srv, **what):
        self.lb.state(srv, **what)
        self.director.changed()

    def change_weight(self, srv):
        choice = [w for w in self.weights if w != srv.override]
        srv.override = self.rng.choice(choice)
        self.state(srv, OVERRIDE=srv.override)

    def change_admin(self, srv):
        srv.admin = self.rng.choice([a for a in (model.UP, model.UP,
                                                 model.DRAIN, model.DOWN)
                                     if a != srv.admin])
        self.state(srv, ADMIN=srv.admin)
        if srv.admin == model.DOWN:
            self.clients.forget_server(srv)
            srv.active = srv.inactive = 0
            self.wait_reaped(srv)

    def wait_reaped(self, srv):
        """Its conns end in the background, soon."""
        for _ in range(1000):
            if self.lb.loads("d")[srv.name] == (0, 0):
                return
            time.sleep(0.01)
        raise Mismatch(f"{srv} is down and has conns left")

    # --- transactions ---

    def edit_add(self):
        free = [n for n in NUMBERS if not self.director.find(n)
                and n not in self.removed]
        srv = model.Server(self.rng.choice(free),
                           self.rng.choice(self.weights),
                           self.has_sorry and self.rng.random() < 0.4)
        self.director.servers.append(srv)
        return server_edit(srv)

    def edit_del(self):
        srv = self.rng.choice(self.director.servers)
        self.director.servers.remove(srv)
        self.removed.add(srv.number)
        self.clients.forget_server(srv)
        return server_del(srv)

    def edit_weight(self):
        srv = self.rng.choice(self.director.servers)
        srv.weight = self.rng.choice([w for w in self.weights
                                      if w != srv.weight])
        return server_edit(srv)

    def edits_palette(self):
        """Other weights for all."""
        self.weights = self.rng.choice(self.palettes)
        for srv in self.director.servers:
            srv.weight = self.rng.choice(self.weights)
        return [server_edit(srv) for srv in self.director.servers]

    def edit_sorry(self):
        srv = self.rng.choice(self.director.servers)
        srv.sorry = not srv.sorry
        return server_edit(srv)

    def edit_move(self):
        srv = self.rng.choice(self.director.servers)
        self.director.servers.remove(srv)
        self.director.servers.append(srv)
        return server_edit(srv, MOVE_LAST=True)

    def random_edit(self):
        n = len(self.director.servers)
        edits = [self.edit_weight, self.edit_move]
        if n > 3:
            edits.append(self.edit_del)
        if n < 8:
            edits.append(self.edit_add)
        if self.has_sorry:
            edits.append(self.edit_sorry)
        return self.rng.choice(edits)()

    def commit_edits(self, edits):
        self.lb.commit(edits)
        self.removed = set()
        self.director.committed()

    # --- the walk ---

    def change(self):
        srv = self.rng.choice(self.director.servers)
        kind = self.rng.random()
        if kind < 0.05:
            self.commit_edits(self.edits_palette())
        elif kind < 0.35:
            self.change_weight(srv)
        elif kind < 0.6:
            self.change_admin(srv)
        else:
            self.commit_edits([self.random_edit()
                               for _ in range(self.rng.randint(1, 3))])
        self.history.append(f"now {self.director.servers}")

    def step(self):
        if self.picks % 16 == 0:	# a clock is slow to read in a VM
            self.flush_old()
        if self.rng.random() < 0.4:
            self.close_one()
        if self.clients.count > self.target:
            self.flush_client(self.rng.randint(1, CLIENTS))
        if self.rng.random() < 0.05:
            self.change()
        self.open_one(self.rng.choice(self.vips))

    def expire_sets(self):
        """Every set that replication keeps has been the same for long."""
        set_expiry(1)
        time.sleep(1.6)
        for vip in list(self.director.scheduler.sets):
            self.director.scheduler.stale = {vip}
            self.open_one(vip)
        self.director.scheduler.stale = set()
        set_expiry(DAY_S)

    def check_counts(self):
        """The module counts conns as the model does."""
        ours = {s.name: (s.active, s.inactive) for s in self.director.servers}
        theirs = self.lb.loads("d")
        if ours != theirs or list(ours) != list(theirs):
            raise Mismatch(f"conns: model {ours}, module {theirs}")

    def check_overflows(self):
        """Refused beside usable servers: counted by its own name."""
        counted = self.lb.counters()["drop_overflow"]
        if counted != self.overflows:
            raise Mismatch(f"drop_overflow {counted}, not {self.overflows}")

    def run(self, count, expire_every=0):
        """count decisions; raises Mismatch with what went before."""
        try:
            while self.picks < count:
                self.step()
                if expire_every and self.picks % expire_every == 0:
                    self.expire_sets()
                if self.picks % 1000 == 0:
                    self.check_counts()
            self.check_counts()
            self.check_overflows()
        except (Mismatch, Missing) as e:
            raise Mismatch("\n".join([
                *self.history, f"servers {self.director.servers}",
                f"decision {self.picks}: {e}"])) from None
        finally:
            self.lb.flush()
            self.lb.drain_clients()


def boundary(lb):
    """256 inactive conns weigh exactly as much as an active one, which a
    random life hardly ever comes down to."""
    one, many = model.Server(1), model.Server(2)
    lb.commit([director_edit("fo", TCP), server_edit(model.Server(2, 2)),
               server_edit(one)])
    for client in 1, 2, 3:
        for port in range(255 if client == 1 else 1):
            lb.send_sure(make_packet(TCP, client, 1024 + port))
            lb.send_sure(make_packet(TCP, client, 1024 + port, FIN | ACK))
    lb.commit([server_edit(model.Server(1, 3))])
    lb.send_sure(make_packet(TCP, 4, 1024))
    if lb.loads("d") != {"s2": (0, 257), "s1": (1, 0)}:
        raise Mismatch(f"conns: {lb.loads('d')}")
    lb.commit([director_edit("leastconn", TCP), server_edit(many),
               server_edit(one)])
    expect(lb, "257, first", 1)
    lb.flush(CLIENT_ADDR=client_addr(3))
    expect(lb, "256, first", 2)
    lb.commit([server_edit(many, MOVE_LAST=True)])
    expect(lb, "256, second", 1)
    lb.flush(CLIENT_ADDR=client_addr(2))
    expect(lb, "255, second", 2)
    lb.flush()
    lb.commit([DIRECTOR_DEL])


def expect(lb, what, number):
    got = lb.send_sure(make_packet(TCP, 5, 1024))
    lb.flush(CLIENT_ADDR=client_addr(5))
    if got != number:
        raise Mismatch(f"{what}: s{got} is picked, not s{number}")
