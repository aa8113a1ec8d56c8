# SPDX-License-Identifier: GPL-2.0
"""Payloads of every size, there and back: shapes.py PORT...

The server end, on all addresses of the host. What comes must be, byte for byte,
what its first bytes say; then as much of another kind goes back, for the client
to compare, and from the address that was asked. The client end are commands of
agent.py:

stream ADDR PORT SIZE		ok MTU RETRANSMITTED: SIZE bytes over TCP each
				way; the path's MTU as the client knows it
datagrams ADDR PORT SIZE COUNT [SEGMENT]
				ok MTU: COUNT datagrams over UDP each way, each
				SIZE bytes, or what a packet can hold (full);
				SEGMENT: handed over in one, to be cut to that
"""
import itertools
import random
import selectors
import socket
import struct
import sys
import threading

HEAD = struct.Struct("!II")
UDP_SEGMENT = 103
PKTINFO = {socket.AF_INET: (socket.IPPROTO_IP, 8),
           socket.AF_INET6: (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO)}
seeds = random.Random(1)
# Below those that the system gives. At random, one socket in some hundred would
# have the port of one whose conn still lives, and be no new conn; or, in mode nat
# and with another director on the same server, be refused.
ports = itertools.cycle(range(10000, 32768))


def payload(seed, size):
    """SIZE bytes that begin with what they are made of."""
    return HEAD.pack(seed, size) + random.Random(seed).randbytes(size - HEAD.size)


def answer(got):
    if len(got) < HEAD.size:
        return b"too short"
    seed, size = HEAD.unpack_from(got)
    if size != len(got) or got != payload(seed, size):
        return b"not what was sent"
    return payload(seed ^ 1, size)


# --- the client ---

def path_mtu(sock):
    if sock.family == socket.AF_INET6:
        return sock.getsockopt(socket.IPPROTO_IPV6, 24)
    return sock.getsockopt(socket.IPPROTO_IP, 14)


def connect(kind, addr, port):
    sock = socket.socket(socket.AF_INET6 if ":" in addr else socket.AF_INET,
                         kind)
    sock.settimeout(float(sys.argv[1]))
    sock.bind(("", next(ports)))
    sock.connect((addr, int(port)))
    return sock


def read_all(sock):
    parts = []
    while part := sock.recv(1 << 18):
        parts.append(part)
    return b"".join(parts)


def do_stream(addr, port, size):
    seed, size = seeds.getrandbits(32), int(size)
    with connect(socket.SOCK_STREAM, addr, port) as sock:
        sock.sendall(payload(seed, size))
        sock.shutdown(socket.SHUT_WR)
        got = read_all(sock)
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
        if got != payload(seed ^ 1, size):
            return f"wrong: {len(got)} bytes, {got[:20]!r}"
        return f"ok {path_mtu(sock)} {struct.unpack_from('I', info, 100)[0]}"


def room(sock):
    """What a datagram can hold; it must not be cut."""
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, 23, 2)
        return path_mtu(sock) - 48
    sock.setsockopt(socket.IPPROTO_IP, 10, 2)
    return path_mtu(sock) - 28


def do_datagrams(addr, port, size, count, segment=0):
    with connect(socket.SOCK_DGRAM, addr, port) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        size = room(sock) if size == "full" else int(size)
        asked = [seeds.getrandbits(32) & ~1 for _ in range(int(count))]
        sent = [payload(seed, size) for seed in asked]
        if segment:
            sock.setsockopt(socket.SOL_UDP, UDP_SEGMENT, int(segment))
            sock.send(b"".join(sent))
            sock.setsockopt(socket.SOL_UDP, UDP_SEGMENT, 0)
        missing = {payload(seed ^ 1, size) for seed in asked}
        for data in sent:
            if not segment:
                sock.send(data)
            got = sock.recv(65536)
            if got not in missing:
                return f"wrong: {len(got)} bytes, {got[:20]!r}"
            missing.remove(got)
        return f"ok {path_mtu(sock)}"


# --- the server ---

def on_datagram(sock):
    level, what = PKTINFO[sock.family]
    got, info, _, peer = sock.recvmsg(65536, 256)
    packed = [data for at, kind, data in info if (at, kind) == (level, what)][0]
    # The address that was asked, not the device it came by.
    if sock.family == socket.AF_INET:
        packed = bytes(4) + packed[4:8] + bytes(4)
    else:
        packed = packed[:16] + bytes(4)
    sock.sendmsg([answer(got)], [(level, what, packed)], 0, peer)


def mirror(conn):
    with conn:
        conn.sendall(answer(read_all(conn)))


def on_connection(sock):
    """One that gets stuck must not keep others waiting."""
    threading.Thread(target=mirror, args=sock.accept()[:1], daemon=True).start()


def serve(selector, family, kind, port):
    sock = socket.socket(family, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind(("", port))
    if kind == socket.SOCK_STREAM:
        sock.listen(128)
        selector.register(sock, selectors.EVENT_READ, on_connection)
        return
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    else:
        sock.setsockopt(*PKTINFO[family], 1)
    selector.register(sock, selectors.EVENT_READ, on_datagram)


def main():
    selector = selectors.DefaultSelector()
    for port in sys.argv[1:]:
        for kind in socket.SOCK_DGRAM, socket.SOCK_STREAM:
            for family in PKTINFO:
                serve(selector, family, kind, int(port))
    while True:
        for key, _ in selector.select():
            key.data(key.fileobj)


if __name__ == "__main__":
    main()
