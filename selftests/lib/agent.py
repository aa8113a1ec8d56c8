# SPDX-License-Identifier: GPL-2.0
"""The sockets of one host, driven by lines: agent.py TIMEOUT

Reads a command a line, behind a tag, and answers each with the tag and a line.
Starting a program costs a second under emulation, a command here costs
nothing; and a connection stays open between two commands.

open NAME tcp|udp ADDR PORT [SPORT [FROM]]	ok | timeout | ECONNREFUSED ...
say NAME DATA			the line that comes back, EOF, ECONNRESET ...
chat NAME COUNT			first words of the answers, in order
send NAME SIZE			ok | EMSGSIZE ... a datagram or segment
hear NAME			the line that comes
error NAME			the pending error of a socket, or ok
offender NAME			who has sent the ICMP error that recverr kept
opt NAME ttl|tos|nocheck|options|df|recverr VALUE
mtu NAME			what the path takes, as far as is known
fin|close|reset NAME		ok; reset closes with a RST
listen NAME ADDR PORT		ok
accept NAME LISTENER		ok
burst COUNT tcp|udp ADDR PORT [FROM]	the same, a socket for each
spoof SRC SPORT DST DPORT	ok; a SYN with any source
quotes DST TYPE CODE INFO HEX	ok; ICMP errors with the first 0, 1, 2 ... all
				bytes of it as what they quote
storm tcp|udp ADDR PORT		ok; keeps on opening, asking, closing
calm				"N good M bad [WHY]" of the storm
bad				how many packets this host has refused for a
				checksum or header
timeouts			how often TCP has waited in vain for an answer
stream, datagrams		see shapes.py
"""
import errno
import random
import socket
import struct
import sys
import threading

from shapes import do_datagrams, do_stream, ports

TIMEOUT = float(sys.argv[1])
sockets = {}
storms = []


def make(proto, addr, sport=0, source=""):
    family = socket.AF_INET6 if ":" in addr else socket.AF_INET
    kind = socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM
    sock = socket.socket(family, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.settimeout(TIMEOUT)
    if int(sport) or source:
        sock.bind((source or ("::" if ":" in addr else ""), int(sport)))
    return sock


def target(addr, port):
    """With its scope, if it has one: ADDR%DEV."""
    return socket.getaddrinfo(addr, int(port))[0][4]


def do_open(name, proto, addr, port, sport=0, source=""):
    if name in sockets:
        sockets.pop(name).close()
    sock = make(proto, addr, sport, source)
    try:
        sock.connect(target(addr, port))
    except OSError:
        sock.close()
        raise
    sockets[name] = sock


def do_hear(name):
    data = sockets[name].recv(65536)
    return data.decode().strip() if data else "EOF"


def do_say(name, *words):
    sockets[name].sendall(" ".join(words).encode() + b"\n")
    return do_hear(name)


def do_chat(name, count):
    return " ".join(do_say(name, "x").split()[0] for _ in range(int(count)))


def do_send(name, size):
    sockets[name].send(b"x" * int(size))


def do_error(name):
    why = sockets[name].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return errno.errorcode[why] if why else "ok"


def do_offender(name):
    """Behind the error of 16 bytes is the address of its sender."""
    _, anc, _, _ = sockets[name].recvmsg(2048, 512, socket.MSG_ERRQUEUE)
    sender = anc[0][2][16:]
    if sockets[name].family == socket.AF_INET6:
        return socket.inet_ntop(socket.AF_INET6, sender[8:24])
    return socket.inet_ntop(socket.AF_INET, sender[4:8])


def do_opt(name, what, value):
    sock = sockets[name]
    if what == "ttl" and sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS,
                        int(value))
    elif what == "ttl":
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, int(value))
    elif what == "tos" and sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, 67, int(value))
    elif what == "tos":
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, int(value))
    elif what == "recverr" and sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, 25, int(value))
    elif what == "recverr":
        sock.setsockopt(socket.IPPROTO_IP, 11, int(value))
    elif what == "nocheck":
        sock.setsockopt(socket.SOL_SOCKET, 11, int(value))
    elif what == "options":
        sock.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS,
                        bytes.fromhex(value))
    elif what == "df" and sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, 23, int(value))
    elif what == "df":
        sock.setsockopt(socket.IPPROTO_IP, 10, int(value))
    else:
        return "what?"


def do_mtu(name):
    sock = sockets[name]
    if sock.family == socket.AF_INET6:
        return str(sock.getsockopt(socket.IPPROTO_IPV6, 24))
    return str(sock.getsockopt(socket.IPPROTO_IP, 14))


def do_fin(name):
    sockets[name].shutdown(socket.SHUT_WR)


def do_close(name):
    sockets.pop(name).close()


def do_reset(name):
    sockets[name].setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
    do_close(name)


def do_listen(name, addr, port):
    sock = make("tcp", addr, 0)
    sock.bind((addr, int(port)))
    sock.listen(128)
    sockets[name] = sock


def do_accept(name, listener):
    sockets[name] = sockets[listener].accept()[0]
    sockets[name].settimeout(TIMEOUT)


def ask_once(proto, addr, port, source="", sport=0):
    with make(proto, addr, sport, source) as sock:
        sock.connect(target(addr, port))
        sock.sendall(b"x\n")
        data = sock.recv(4096)
        if not data:
            raise OSError(errno.EPIPE, "closed")
        return data.split()[0].decode()


def do_burst(count, proto, addr, port, source=""):
    return " ".join(ask_once(proto, addr, port, source, next(ports))
                    for _ in range(int(count)))


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def do_spoof(src, sport, dst, dport):
    family = socket.AF_INET6 if ":" in dst else socket.AF_INET
    ends = socket.inet_pton(family, src) + socket.inet_pton(family, dst)
    tcp = struct.pack("!HHIIBBHHH", int(sport), int(dport), 1, 0, 0x50, 2,
                      1024, 0, 0)
    tcp = tcp[:16] + struct.pack("!H", checksum(
        ends + struct.pack("!HH", socket.IPPROTO_TCP, len(tcp)) + tcp)) \
        + tcp[18:]
    if family == socket.AF_INET6:
        ip = struct.pack("!IHBB", 6 << 28, len(tcp), socket.IPPROTO_TCP, 64)
    else:
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), 1, 0, 64,
                         socket.IPPROTO_TCP, 0)
    with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as sock:
        sock.sendto(ip + ends + tcp, (dst, 0))


def do_quotes(dst, kind, code, info, quoted):
    quoted = bytes.fromhex(quoted)
    family, proto = socket.AF_INET, socket.IPPROTO_ICMP
    if ":" in dst:
        family, proto = socket.AF_INET6, socket.IPPROTO_ICMPV6
    with socket.socket(family, socket.SOCK_RAW, proto) as sock:
        for length in range(len(quoted) + 1):
            error = struct.pack("!BBHI", int(kind), int(code), 0, int(info))
            error += quoted[:length]
            # Of ICMPv6 the kernel makes the sum.
            even = error + bytes(len(error) % 2)
            error = error[:2] + struct.pack("!H", checksum(even)) + error[4:]
            sock.sendto(error, (dst, 0))


class Storm(threading.Thread):
    def __init__(self, proto, addr, port):
        super().__init__(daemon=True)
        self.to = proto, addr, port
        self.good = self.bad = 0
        self.why = {}
        self.over = threading.Event()
        self.start()

    def run(self):
        while not self.over.is_set():
            try:
                ask_once(*self.to)
                self.good += 1
            except OSError as e:
                self.bad += 1
                self.why[name_of(e)] = self.why.get(name_of(e), 0) + 1
            self.over.wait(random.uniform(0, 0.02))


def do_storm(proto, addr, port):
    storms.append(Storm(proto, addr, port))


def do_calm():
    good, bad, why = 0, 0, {}
    for storm in storms:
        storm.over.set()
        storm.join()
        good, bad = good + storm.good, bad + storm.bad
        why.update(storm.why)
    storms.clear()
    why = " ".join(f"{k}:{v}" for k, v in sorted(why.items()))
    return f"{good} good {bad} bad {why}".strip()


def bad_in(lines):
    """/proc/net/snmp: a line of names, one of numbers; snmp6: name, number."""
    wrong, names = 0, []
    for words in map(str.split, lines):
        if words[0].endswith("6InCsumErrors"):
            wrong += int(words[1])
        elif not words[0].endswith(":"):
            continue
        elif not words[1].lstrip("-").isdigit():
            names = words
        else:
            wrong += sum(int(value) for name, value in zip(names, words)
                         if name in ("InCsumErrors", "InHdrErrors"))
    return wrong


def do_bad():
    with open("/proc/net/snmp") as v4, open("/proc/net/snmp6") as v6:
        return str(bad_in([*v4, *v6]))


def do_timeouts():
    with open("/proc/net/netstat") as lines:
        names, values = (line.split() for line in lines
                         if line.startswith("TcpExt:"))
    return values[names.index("TCPTimeouts")]


def name_of(error):
    if isinstance(error, TimeoutError):
        return "timeout"
    return errno.errorcode.get(error.errno, str(error))


def main():
    for line in sys.stdin:
        tag, *words = line.split()
        try:
            answer = globals()["do_" + words[0]](*words[1:]) or "ok"
        except OSError as e:
            answer = name_of(e)
        except (KeyError, ValueError, TypeError, IndexError) as e:
            answer = f"wrong use: {e!r}"
        print(tag, answer, flush=True)


main()
