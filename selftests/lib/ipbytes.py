#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ipbytes.py [--ttl] PCAP: each packet's bytes from the IP header on, in hex,
one line a packet, with what a router changes masked: TTL or hop limit, and the
IPv4 header checksum, which must be right. --ttl: only the TTLs."""
import struct
import sys


def packets(path):
    with open(path, "rb") as f:
        head = f.read(24)
        order = "<" if head[:4] in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1") else ">"
        while len(rec := f.read(16)) == 16:
            yield f.read(struct.unpack(order + "4I", rec)[2])


def checksum_ok(header):
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total == 0xFFFF


def main():
    only_ttl = sys.argv[1] == "--ttl"
    for frame in packets(sys.argv[-1]):
        ip = bytearray(frame[14:])
        at = 8 if ip[0] >> 4 == 4 else 7
        if only_ttl:
            print(ip[at])
            continue
        if at == 8:
            header = bytes(ip[:(ip[0] & 15) * 4])
            print("" if checksum_ok(header) else "BAD CHECKSUM ", end="")
            ip[10:12] = b"\0\0"
        ip[at] = 0
        print(ip.hex())


main()
