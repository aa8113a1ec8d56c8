#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""tunnels.py [--inner|--raw] PCAP: what is in packets that travel in others, a line
each, in words that a test can look for:

  ipip 4in6 SRC>DST ttl 64 tos 0 df 1 id 0 label 0 port 0 sum none |
	udp SRC>DST:PORT ttl 63 tos 0 df 1 off 0 len 60 sum good

A fragment of the outer packet is "fragment FAMILY OFFSET LENGTH". sum: of the
outer UDP header, then of the inner TCP or UDP; "good", "bad" or "none". --inner:
the inner packets in hex instead, as ipbytes.py prints them; --raw: the outer
ones, all of each."""
import ipaddress
import struct
import sys


def packets(path):
    with open(path, "rb") as f:
        head = f.read(24)
        order = "<" if head[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
        link = 14 if struct.unpack(order + "I", head[20:])[0] == 1 else 0
        while len(rec := f.read(16)) == 16:
            yield f.read(struct.unpack(order + "4I", rec)[2])[link:]


def fold(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


class IP:
    """A header, and what follows it."""

    def __init__(self, data):
        self.family = data[0] >> 4
        if self.family == 4:
            (_, self.tos, length, self.id, frag, self.ttl, self.proto, _,
             src, dst) = struct.unpack(">BBHHHBBH4s4s", data[:20])
            self.at = (data[0] & 15) * 4
            self.data = data[:length]
            self.label = 0
            self.df, self.mf = frag >> 14 & 1, frag >> 13 & 1
            self.off = (frag & 0x1fff) * 8
            self.good = fold(data[:self.at]) == 0xFFFF
        else:
            first, length, self.proto, self.ttl, src, dst = struct.unpack(
                ">IHBB16s16s", data[:40])
            self.tos, self.label = first >> 20 & 255, first & 0xFFFFF
            self.id = self.df = self.mf = self.off = 0
            self.at, self.good = 40, True
            self.data = data[:40 + length]
            if self.proto == 44:
                self.proto, frag = data[40], struct.unpack(
                    ">H", data[42:44])[0]
                self.off, self.mf = frag & ~7, frag & 1
                self.at = 48
        self.src, self.dst = src, dst
        self.body = self.data[self.at:]

    def l4_sum(self):
        """Of TCP or UDP: "good", "bad" or "none"."""
        if self.proto not in (6, 17) or self.off or self.mf:
            return "none"
        if self.proto == 17 and self.body[6:8] == b"\0\0":
            return "none"
        ends = self.src + self.dst + struct.pack(
            ">II", len(self.body), self.proto)
        return "good" if fold(ends + self.body) == 0xFFFF else "bad"

    def ends(self):
        ends = f"{ipaddress.ip_address(self.src)}>{ipaddress.ip_address(self.dst)}"
        if self.proto in (6, 17) and not self.off:
            ends += f":{struct.unpack('>H', self.body[2:4])[0]}"
        return ends

    def words(self):
        return (f"ttl {self.ttl} tos {self.tos:x} df {self.df}" +
                ("" if self.good else " BAD HEADER"))


def unpack(outer):
    """The encapsulation, its source port, and the inner packet."""
    body = outer.body
    if outer.proto in (4, 41):
        return "ipip", 0, body
    if outer.proto == 47 and body[:2] == b"\0\0":
        assert body[2:4] in (b"\x08\0", b"\x86\xdd")
        return "gre", 0, body[4:]
    if outer.proto == 17 and body[8] == 0 and body[9] in (4, 41):
        return "gue", struct.unpack(">H", body[:2])[0], body[12:]
    return "none", 0, None


def tell(outer):
    if outer.off or outer.mf:
        return f"fragment {outer.family} {outer.off} {len(outer.data)}"
    name, port, body = unpack(outer)
    if body is None:
        return f"other {outer.family} {outer.proto}"
    inner = IP(body)
    what = {6: "tcp", 17: "udp"}.get(inner.proto, str(inner.proto))
    return (f"{name} {inner.family}in{outer.family} "
            f"{ipaddress.ip_address(outer.src)}>"
            f"{ipaddress.ip_address(outer.dst)} {outer.words()} "
            f"id {outer.id} label {outer.label:x} port {port} "
            f"sum {outer.l4_sum()} | {what} {inner.ends()} {inner.words()} "
            f"off {inner.off} len {len(inner.data)} sum {inner.l4_sum()}")


def masked(body):
    ip = bytearray(body)
    if ip[0] >> 4 == 4:
        ip[10:12] = b"\0\0"
        ip[8] = 0
    else:
        ip[7] = 0
    return ip.hex()


def main():
    for data in packets(sys.argv[-1]):
        outer = IP(data)
        if sys.argv[1] == "--raw":
            print(outer.data.hex())
        elif sys.argv[1] != "--inner":
            print(tell(outer))
        elif (body := unpack(outer)[2]) is not None:
            print(masked(body))


main()
