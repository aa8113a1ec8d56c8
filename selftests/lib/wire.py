# SPDX-License-Identifier: GPL-2.0
"""Packets made by hand, byte for byte: wire.py PREFIX

Reads a command a line, behind a tag, and answers each with the tag and a line,
as agent.py does. Namespaces are named without PREFIX.

listen NS DEV			ok; hear what comes in there from now on
error NS TO KEY=VALUE... / KEY=VALUE...
				sends an ICMP error from NS and waits for it at
				TO, a namespace that listens. The first keys say
				what is sent, the others how what arrives is to
				differ from it; both are built from scratch.
				exact | nothing | other: WANTED GOT
send NS KEY=VALUE...		ok; only sends it
fragments NS TO KEY=VALUE...	sends a datagram in pieces; who answers, how,
				and the sizes of the packets that came to TO:
				"rs1 intact 620 620 100" | "timeout"

Keys of an error: src, dst, ttl, type, code, rest (hex: the 4 bytes behind the
checksum), options (hex, IPv4), damage (1: a wrong checksum); of what it quotes:
quote=PROTO,SRC,SPORT,DST,DPORT, data (bytes behind the UDP or TCP header), qsum
(0: a UDP checksum of 0), qoptions (hex, IPv4), qfrag (an offset in 8 bytes),
cut (bytes of the quoted packet), extension (1: RFC 4884, behind 128 bytes).
split (IPv4): the error is in fragments of that many bytes of IP payload.
Keys of fragments: src, sport, dst, dport, size (of the data), piece (of the IP
payload), order (of the pieces: 2,0,1), overlap (bytes by which the second piece
begins early), with (a second source port: its datagram goes in between).
"""
import ctypes
import os
import select
import socket
import struct
import sys
import time

PREFIX = sys.argv[1]
WAIT = 1.5 * int(os.environ.get("L4LB_SLOW", "1"))
CLONE_NEWNET = 0x40000000
TCP, UDP, ICMP4, ICMP6 = 6, 17, 1, 58
listeners = {}
libc = ctypes.CDLL(None, use_errno=True)


def enter(ns):
    with open(f"/run/netns/{PREFIX}{ns}", "rb") as f:
        if libc.setns(f.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), f"setns {ns}")


def family_of(addr):
    return socket.AF_INET6 if ":" in addr else socket.AF_INET


def packed(addr):
    return socket.inet_pton(family_of(addr), addr)


# --- building ---

def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def pseudo(src, dst, proto, length):
    return packed(src) + packed(dst) + struct.pack("!II", length, proto)


def put_sum(data, at, value):
    return data[:at] + struct.pack("!H", value) + data[at + 2:]


def ip_header(src, dst, proto, length, ttl, options=b"", ident=1, frag=0):
    if family_of(src) == socket.AF_INET6:
        return struct.pack("!IHBB", 6 << 28, length, proto, ttl) + \
            packed(src) + packed(dst)
    words = 5 + len(options) // 4
    header = struct.pack("!BBHHHBBH", 0x40 | words, 0, words * 4 + length,
                         ident, frag, ttl, proto, 0) + packed(src) + \
        packed(dst) + options
    return put_sum(header, 10, checksum(header))


def text(size):
    return bytes(97 + i % 26 for i in range(size))


def l4_packet(proto, src, sport, dst, dport, data, has_sum=True):
    if proto == UDP:
        packet = struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data
        at = 6
    else:
        packet = struct.pack("!HHIIBBHHH", sport, dport, 7, 9, 0x50, 0x10,
                             1024, 0, 0) + data
        at = 16
    if not has_sum:
        return packet
    value = checksum(pseudo(src, dst, proto, len(packet)) + packet)
    return put_sum(packet, at, value or 0xffff)


def quoted(keys):
    proto, src, sport, dst, dport = keys["quote"].split(",")
    proto = {"tcp": TCP, "udp": UDP}[proto]
    packet = l4_packet(proto, src, int(sport), dst, int(dport),
                       text(int(keys.get("data", 32))), keys.get("qsum") != "0")
    packet = ip_header(src, dst, proto, len(packet), 60,
                       bytes.fromhex(keys.get("qoptions", "")),
                       frag=int(keys.get("qfrag", 0))) + packet
    return packet[:int(keys.get("cut", len(packet)))]


def extended(quote, rest, is_v6):
    """A quote with an extension of 8 bytes of payload, RFC 4884 and 4950."""
    quote = quote[:128].ljust(128, b"\0")
    objects = struct.pack("!HBB", 12, 1, 1) + b"labels!!"
    objects = struct.pack("!BBH", 0x20, 0, 0) + objects
    objects = put_sum(objects, 2, checksum(objects))
    at, length = (0, 128 // 8) if is_v6 else (1, 128 // 4)
    return quote + objects, rest[:at] + bytes([length]) + rest[at + 1:]


def icmp_error(keys):
    src, dst = keys["src"], keys["dst"]
    is_v6 = ":" in src
    rest = bytes.fromhex(keys.get("rest", "00000000"))
    quote = quoted(keys)
    if keys.get("extension"):
        quote, rest = extended(quote, rest, is_v6)
    body = struct.pack("!BBH", int(keys["type"]), int(keys["code"]), 0) + \
        rest + quote
    proto = ICMP6 if is_v6 else ICMP4
    over = (pseudo(src, dst, proto, len(body)) if is_v6 else b"") + body
    value = checksum(over) ^ int(keys.get("damage", 0))
    body = put_sum(body, 2, value)
    return ip_header(src, dst, proto, len(body), int(keys.get("ttl", 64)),
                     bytes.fromhex(keys.get("options", ""))) + body


def pieces(keys, sport):
    """The IP packets of a datagram in fragments."""
    src, dst = keys["src"], keys["dst"]
    data = l4_packet(UDP, src, sport, dst, int(keys["dport"]),
                     text(int(keys["size"]) - 1) + b"\n")
    step, early = int(keys["piece"]), int(keys.get("overlap", 0))
    made = []
    for n, at in enumerate(range(0, len(data), step)):
        more = at + step < len(data)
        start = at - early if n == 1 else at
        part = data[start:at + step]
        if ":" in src:
            part = struct.pack("!BBHI", UDP, 0, start | more, sport) + part
            made.append(ip_header(src, dst, 44, len(part), 64) + part)
        else:
            made.append(ip_header(src, dst, UDP, len(part), 64, ident=sport,
                                  frag=start // 8 | more << 13) + part)
    order = keys.get("order", ",".join(map(str, range(len(made)))))
    return [made[int(n)] for n in order.split(",")]


# --- sending and hearing ---

def send(ns, packets):
    enter(ns)
    for packet in packets:
        is_v6 = packet[0] >> 4 == 6
        family = socket.AF_INET6 if is_v6 else socket.AF_INET
        dst = packet[24:40] if is_v6 else packet[16:20]
        with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
            s.sendto(packet, (socket.inet_ntop(family, dst), 0))


def do_listen(ns, dev):
    enter(ns)
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                         socket.htons(0x0003))
    sock.bind((dev, 0x0003))
    sock.setblocking(False)
    listeners[ns] = sock


def heard(ns):
    """Packets that have come in and were not looked at yet."""
    while True:
        try:
            packet, where = listeners[ns].recvfrom(65536)
        except BlockingIOError:
            return
        if where[2] != socket.PACKET_OUTGOING:
            yield packet


def is_error(packet):
    if packet[0] >> 4 == 6:
        return packet[6] == ICMP6 and packet[40] < 128
    return packet[9] == ICMP4 and packet[(packet[0] & 15) * 4] in (3, 11, 12)


def do_send(ns, *words):
    send(ns, [icmp_error(to_keys(words))])


def split(packet, size):
    """An IPv4 packet without options in fragments."""
    if not size:
        return [packet]
    body = packet[20:]
    made = []
    for at in range(0, len(body), size):
        frag = at // 8 | (at + size < len(body)) << 13
        head = put_sum(packet[:2] + struct.pack(
            "!HHH", 20 + len(body[at:at + size]), 1, frag) + packet[8:20],
            10, 0)
        made.append(put_sum(head, 10, checksum(head)) + body[at:at + size])
    return made


def to_keys(words):
    return dict(word.split("=", 1) for word in words)


def do_error(ns, to, *words):
    at = words.index("/")
    keys = to_keys(words[:at])
    wanted = {**keys, "ttl": int(keys.get("ttl", 64)) - 1,
              **to_keys(words[at + 1:])}
    size = int(keys.get("split", 0))
    wanted = split(icmp_error(wanted), size)
    list(heard(to))
    send(ns, split(icmp_error(keys), size))
    end = time.monotonic() + WAIT
    while (left := end - time.monotonic()) > 0:
        select.select([listeners[to]], [], [], left)
        for packet in heard(to):
            if packet == wanted[0]:
                wanted.pop(0)
            elif is_error(packet):
                return f"other: {wanted[0].hex()} {packet.hex()}"
            if not wanted:
                return "exact"
    return "nothing"


def do_fragments(ns, to, *words):
    keys = to_keys(words)
    ports = [int(keys[key]) for key in ("sport", "with") if key in keys]
    enter(ns)
    socks = []
    for port in ports:
        sock = socket.socket(family_of(keys["src"]), socket.SOCK_DGRAM)
        sock.settimeout(WAIT)
        sock.bind((keys["src"], port))
        sock.connect((keys["dst"], int(keys["dport"])))
        socks.append(sock)
    list(heard(to))
    send(ns, [piece for both in zip(*(pieces(keys, port) for port in ports))
              for piece in both])
    data = text(int(keys["size"]) - 1)
    said = []
    for sock in socks:
        try:
            name, *_, got = sock.recv(65536).rstrip(b"\n").split(b" ")
        except TimeoutError:
            return "timeout"
        said.append(f"{name.decode()} {'intact' if got == data else 'broken'}")
        sock.close()
    sizes = " ".join(str(len(packet)) for packet in heard(to)
                     if (packet[6] == 44 if packet[0] >> 4 == 6 else
                         packet[9] == UDP))
    return f"{' '.join(said)} {sizes}"


def main():
    for line in sys.stdin:
        tag, *words = line.split()
        try:
            answer = globals()["do_" + words[0]](*words[1:]) or "ok"
        except (OSError, KeyError, ValueError, TypeError, IndexError,
                AttributeError) as e:
            answer = f"wrong use: {e!r}"
        print(tag, answer, flush=True)


main()
