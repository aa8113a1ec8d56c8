# SPDX-License-Identifier: GPL-2.0
"""A balancer in a network namespace, packet by packet.

Clients are a TUN device, servers a TAP device with a permanent neighbour each:

    driver --write--> [in0]  l4lb, mode gateway  [out0] --read--> driver
     SYN, datagram   198.19/16                  198.18/16   the server's MAC

A write to a TUN device returns when the kernel has done with the packet, so
what left for a server can be read at once: packets go in order, and no step
needs a wait.  The netlink socket lives as long as the driver.
"""
import contextlib
import ctypes
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
                + "/lib")
import genl  # noqa: E402

TUNSETIFF, IFF_TUN, IFF_TAP, IFF_NO_PI = 0x400454CA, 1, 2, 0x1000
CLONE_NEWNET = 0x40000000
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 1, 4, 0x300
TCP, UDP = 6, 17
FIN, SYN, RST, ACK = 1, 2, 4, 16
VIP, PORT = "192.0.2.1", 80
ANSWER_S = 2


def server_addr(number):
    return f"198.18.{number >> 8}.{number & 255}"


def client_addr(number):
    return f"198.19.{number >> 8}.{number & 255}"


class Missing(Exception):
    """A packet did not come out."""


def enter(ns):
    if ctypes.CDLL(None, use_errno=True).setns(ns.fileno(), CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


@contextlib.contextmanager
def inside(netns):
    """What is opened here belongs to that namespace."""
    with open("/proc/self/ns/net", "rb") as home, open(netns, "rb") as ns:
        enter(ns)
        try:
            yield
        finally:
            enter(home)


def open_tun(name, kind):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(),
                                           kind | IFF_NO_PI))
    return fd


def ones_sum(data):
    return sum(struct.unpack(f"!{len(data) // 2}H", data))


def fold(total):
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def make_packet(proto, client, port, flags=SYN, vip=VIP, vport=PORT):
    """An IPv4 packet of a client number and port; UDP does without, and TCP
    has, the checksum."""
    ends = socket.inet_aton(client_addr(client)) + socket.inet_aton(vip)
    if proto == UDP:
        l4 = struct.pack("!HHHH", port, vport, 8, 0)
    else:
        l4 = struct.pack("!HHIIBBHHH", port, vport, 1,
                         1 if flags & ACK else 0, 0x50, flags, 1024, 0, 0)
        check = fold(ones_sum(ends) + ones_sum(l4) + TCP + len(l4))
        l4 = l4[:16] + struct.pack("!H", check) + l4[18:]
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(l4), 0, 0x4000, 64,
                       proto, 0)
    check = fold(ones_sum(head) + ones_sum(ends))
    return head[:10] + struct.pack("!H", check) + ends + l4


def attributes(data, at=0):
    """The attributes of a message, number -> bytes."""
    found = {}
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("HH", data, at)
        found[kind & 0x3fff] = data[at + 4:at + size]
        at += size + 3 & ~3
    return found


class Balancer:
    def __init__(self, netns, nr_servers=64, vips=VIP + "/32"):
        """In the namespace at path netns, with neighbours for servers 1 to
        nr_servers."""
        self.netns = netns
        with inside(netns):
            self.clients = open_tun("in0", IFF_TUN)
            self.servers = open_tun("out0", IFF_TAP)
            self.wire(nr_servers, vips)
        self.connect()

    def connect(self):
        """A netlink socket of one's own; again for another process."""
        with inside(self.netns):
            self.sock = genl.open_socket()
        self.family = genl.family_id(self.sock)

    @staticmethod
    def wire(nr_servers, vips):
        with open("/proc/sys/net/ipv6/conf/out0/disable_ipv6", "w",
                  encoding="ascii") as f:
            f.write("1")
        lines = ["link set in0 up", "link set out0 up txqueuelen 10000",
                 "address add 198.18.255.254/16 dev out0",
                 "route add 198.19.0.0/16 dev in0",
                 f"route add local {vips} dev lo"]
        for i in range(1, nr_servers + 1):
            lines.append(f"neigh replace {server_addr(i)} dev out0 nud "
                         f"permanent lladdr 02:00:00:00:{i >> 8:02x}:"
                         f"{i & 255:02x}")
        subprocess.run(["ip", "-batch", "-"], check=True,
                       input="\n".join(lines).encode())

    # --- packets ---

    def receive(self, wait_s=0):
        """The next IPv4 frame to a server, or None."""
        while True:
            try:
                frame = os.read(self.servers, 2048)
            except BlockingIOError:
                if not wait_s or not select.select([self.servers], [], [],
                                                   wait_s)[0]:
                    return None
                continue
            if frame[12:14] == b"\x08\x00":
                return frame

    def send(self, packet):
        """Sends one packet in, and returns the number of the server that gets
        it, or None if nobody does."""
        os.write(self.clients, packet)
        frame = self.receive()
        if frame is None:
            return None
        if frame[26:38] != packet[12:24]:
            raise Missing(f"sent {packet.hex()}, out came {frame.hex()}")
        return frame[4] << 8 | frame[5]

    def send_sure(self, packet):
        """The same for a packet that somebody has to get: waits for it, should
        another CPU be busy with the device."""
        number = self.send(packet)
        if number is None:
            frame = self.receive(ANSWER_S)
            if frame is None or frame[26:38] != packet[12:24]:
                raise Missing(f"nobody got {packet.hex()}")
            number = frame[4] << 8 | frame[5]
        return number

    def drain_clients(self):
        """Forgets what was sent back to clients; returns how much it was."""
        n = 0
        while True:
            try:
                os.read(self.clients, 2048)
            except BlockingIOError:
                return n
            n += 1

    # --- requests ---

    def command(self, command, tree=None):
        """A request; returns the answer's attributes."""
        answer = genl.request(self.sock, self.family,
                              genl.commands["LB_CMD_" + command],
                              genl.encode(tree or {}))
        return attributes(answer, 20)

    def state(self, srv, **what):
        """A run-time command on a server."""
        self.command("SERVER_STATE", {"SERVER": {
            "DIRECTOR": "d", "NAME": srv.name, **what}})

    def commit(self, edits):
        """One transaction of (command, tree) edits."""
        self.command("TXN_BEGIN")
        for command, tree in edits:
            self.command(command, tree)
        self.command("TXN_COMMIT")

    def dump(self, command, top, tree=None):
        """All objects of a dump, the attributes of each by name."""
        number = genl.commands["LB_CMD_" + command]
        data = struct.pack("BBH", number, 1, 0) + genl.encode(tree or {})
        self.sock.send(struct.pack(
            "IHHII", 16 + len(data), self.family,
            NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP, 1, 0) + data)
        names = {v: k.removeprefix(f"LB_{top}_A_")
                 for k, v in genl.attrs[top].items()}
        nest = genl.attrs[""]["LB_A_" + top]
        found = []
        while True:
            buf, at = self.sock.recv(1 << 17), 0
            while at < len(buf):
                size, kind = struct.unpack_from("IH", buf, at)
                if kind == 3:
                    return found
                if kind == genl.NLMSG_ERROR:
                    raise OSError(-struct.unpack_from("i", buf, at + 16)[0],
                                  command)
                body = attributes(buf[at:at + size], 20)[nest]
                found.append({names[k]: v
                              for k, v in attributes(body).items()})
                at += size + 3 & ~3

    def loads(self, director):
        """{name: (active, inactive)} of its servers."""
        rows = self.dump("SERVER_GET", "SERVER",
                         {"SERVER": {"DIRECTOR": director}})
        return {text(r["NAME"]): (int_of(r["ACTIVE"]), int_of(r["INACTIVE"]))
                for r in rows}

    def counters(self):
        return {text(r["NAME"]): int_of(r["VALUE"])
                for r in self.dump("COUNTER_GET", "COUNTER")}

    def flush(self, **what):
        """Ends conns, e.g. CLIENT_ADDR="198.19.0.1"; of a director if none is
        named."""
        self.command("CONN_FLUSH", {"CONN": what} if what else None)


def text(data):
    return data.rstrip(b"\0").decode()


def int_of(data):
    return int.from_bytes(data, sys.byteorder)


# --- edits ---

def director_edit(scheduler, proto=UDP, flags=0, is_flow_only=False, **more):
    tree = {"NAME": "d", "PROTO": proto, "MODE": "gateway",
            "SCHED": scheduler, "FLAGS": flags, **more}
    if not is_flow_only:
        tree |= {"ADDR": VIP, "PORT": PORT}
    return "DIRECTOR_SET", {"DIRECTOR": tree}


def flow_edits(net, length):
    """A flow that feeds the director with a net's addresses."""
    return [("FLOW_SET", {"FLOW": {"NAME": "f", "POLICY": "director",
                                   "DIRECTOR": "d"}}),
            ("RULE_ADD", {"RULE": {"FLOW": "f", "DST": net,
                                   "DST_PLEN": length}})]


def server_edit(srv, **more):
    """A line as the model's server has it."""
    tree = {"DIRECTOR": "d", "NAME": srv.name,
            "ADDR": server_addr(srv.number), "WEIGHT": srv.weight,
            "FLAGS": 1 if srv.sorry else 0, **more}
    return "SERVER_SET", {"SERVER": tree}


def server_del(srv):
    return "SERVER_DEL", {"SERVER": {"DIRECTOR": "d", "NAME": srv.name}}


DIRECTOR_DEL = "DIRECTOR_DEL", {"DIRECTOR": {"NAME": "d"}}
FLOW_DEL = "FLOW_DEL", {"FLOW": {"NAME": "f"}}
