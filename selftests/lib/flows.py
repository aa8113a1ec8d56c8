# SPDX-License-Identifier: GPL-2.0
"""Flows for tests: the language made into requests, and a model of them.

flows.py requests <TEXT		genl.py's commands for flow sections
flows.py agree HEADER CLIENT_NS LB_NS SEED ROUNDS PACKETS
				random flows and packets, sent from eth0 and
				eth1 of CLIENT_NS: each flow's hits must be
				those of the model below

The model is the definition, word for word: all flows in order, all rules in
order, all conditions of a rule.  It shares nothing with the module.
"""
import ctypes
import fcntl
import ipaddress
import json
import os
import random
import socket
import struct
import sys
import time

PROTOS = {"tcp": 6, "udp": 17, "icmp": 1}
CONDITIONS = ("IFACE", "PROTO", "ICMPTYPE", "SRC", "DST", "SRCPORT", "DSTPORT",
              "FWMARK")


# --- the language ---

def address_words(name, word):
    if "-" in word:
        first, last = word.split("-")
        return {name: first, name + "_LAST": last}
    if "/" in word:
        net, plen = word.split("/")
        return {name: net, name + "_PLEN": int(plen)}
    return {name: word}


def port_words(name, word):
    first, _, last = word.partition(":")
    ports = {name: int(first)}
    if last:
        ports[name + "_LAST"] = int(last)
    return ports


def rule_of(flow, words):
    """match|ignore CONDITION..., as a RULE of a request."""
    rule, negate = {"FLOW": flow}, 0
    if words.pop(0) == "ignore":
        rule["IGNORE"] = True
    while words:
        bit = 0
        if words[0] == "not":
            words.pop(0)
            bit = 1
        name, value = words.pop(0).upper(), words.pop(0)
        negate |= bit << CONDITIONS.index(name)
        if name in ("SRC", "DST"):
            rule.update(address_words(name, value))
        elif name in ("SRCPORT", "DSTPORT"):
            rule.update(port_words(name, value))
        elif name == "PROTO":
            rule[name] = PROTOS[value]
        else:
            rule[name] = value if name == "IFACE" else int(value)
    if negate:
        rule["NOT"] = negate
    return rule


def requests(text):
    """Flow sections, as (command, tree)."""
    for line in text.splitlines():
        words = line.split()
        if not words:
            continue
        if words[0] == "flow":
            flow = {"NAME": words[1], "POLICY": words[2]}
            if len(words) > 3:
                flow["DIRECTOR"] = words[3]
            yield "FLOW_SET", {"FLOW": flow}
        else:
            yield "RULE_ADD", {"RULE": rule_of(flow["NAME"], words)}


# --- the model ---

def number(addr):
    return int(ipaddress.ip_address(addr))


def holds_addr(rule, name, value):
    if name + "_PLEN" in rule:
        net = ipaddress.ip_network(f"{rule[name]}/{rule[name + '_PLEN']}",
                                   strict=False)
        return ipaddress.ip_address(value) in net
    last = rule.get(name + "_LAST", rule[name])
    return number(rule[name]) <= number(value) <= number(last)


def holds(rule, name, packet):
    """A condition of a rule; None: the packet has nothing to tell it by."""
    if name in ("SRC", "DST"):
        if (":" in rule[name]) != (packet["family"] == 6):
            return None
        return holds_addr(rule, name, packet[name])
    if name == "PROTO" and rule[name] == 1:
        return packet["PROTO"] == (1 if packet["family"] == 4 else 58)
    if packet.get(name) is None:
        return None
    if name in ("SRCPORT", "DSTPORT"):
        last = rule.get(name + "_LAST", rule[name])
        return rule[name] <= packet[name] <= last
    return rule[name] == packet[name]


def rule_holds(rule, packet):
    for bit, name in enumerate(CONDITIONS):
        if name not in rule:
            continue
        truth = holds(rule, name, packet)
        if truth is None or truth == bool(rule.get("NOT", 0) >> bit & 1):
            return False
    return True


def can_take(flow, directors, packet):
    if flow["POLICY"] != "director":
        return True
    proto = directors[flow["DIRECTOR"]]
    return packet["SRCPORT"] is not None and proto in (0, packet["PROTO"])


def decide(flows, directors, packet):
    """The flow that decides, or None.  flows: (flow, rules) in order."""
    for flow, rules in flows:
        if flow["POLICY"] == "skip":
            continue
        for rule in rules:
            if not rule_holds(rule, packet):
                continue
            if rule.get("IGNORE") or not can_take(flow, directors, packet):
                break
            return flow["NAME"]
    return None


# --- random flows and packets ---

def edges(rng, low, high, first, last):
    """A value at or about the ends of a range, or anything in it."""
    return min(high, max(low, rng.choice(
        (first - 1, first, last, last + 1, rng.randint(first, last)))))


def random_range(rng, bits):
    """Mostly small ones, that overlap."""
    size = 1 << rng.randrange(bits) if rng.random() < .8 else 1
    first = rng.randrange(1 << bits) if rng.random() < .5 else \
        rng.randrange(1 << min(bits, 12))
    return first, min((1 << bits) - 1, first + rng.randrange(size))


BASE = {4: number("10.0.0.0"), 6: number("2001:db8::")}
BITS = {4: 24, 6: 96}


def random_addr(rng, name, family):
    make = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
    first, last = (BASE[family] + n for n in random_range(rng, BITS[family]))
    rule = {name: str(make(first))}
    kind = rng.random()
    if kind < .4:
        rule[name + "_PLEN"] = rng.choice(
            (8, 13, 16, 20, 23, 24, 27, 30, 31, 32) if family == 4 else
            (32, 45, 48, 64, 96, 112, 120, 125, 127, 128))
    elif kind < .8:
        rule[name + "_LAST"] = str(make(last))
    return rule


def random_rule(rng, flow):
    rule = {"FLOW": flow}
    if rng.random() < .25:
        rule["IGNORE"] = True
    if rng.random() < .8:
        rule["PROTO"] = rng.choice((6, 6, 17, 17, 1))
    family = rng.choice((4, 6))
    for name in ("SRC", "DST"):
        if rng.random() < .5:
            rule.update(random_addr(rng, name, family))
    not_proto = "PROTO" in rule and rng.random() < .1
    if not not_proto:
        for name in ("SRCPORT", "DSTPORT"):
            if rule.get("PROTO") in (6, 17) and rng.random() < .4:
                rule[name], rule[name + "_LAST"] = random_range(rng, 16)
        if rule.get("PROTO") == 1 and rng.random() < .5:
            rule["ICMPTYPE"] = rng.choice((8, 13, 128, 129))
    if rng.random() < .1:
        rule["IFACE"] = rng.choice(("eth0", "eth1"))
    if rng.random() < .1:
        rule["FWMARK"] = rng.randrange(4)
    negate = sum(1 << bit for bit, name in enumerate(CONDITIONS)
                 if name in rule and name != "PROTO" and rng.random() < .1)
    negate |= not_proto << CONDITIONS.index("PROTO")
    if negate:
        rule["NOT"] = negate
    return rule


def random_flows(rng, directors, count):
    flows = []
    for i in range(count):
        flow = {"NAME": f"f{i}", "POLICY": rng.choice(
            ("permit", "deny", "skip", "director", "director"))}
        if flow["POLICY"] == "director":
            flow["DIRECTOR"] = rng.choice(list(directors))
        flows.append((flow, [random_rule(rng, flow["NAME"])
                             for _ in range(rng.randrange(5))]))
    return flows


def packet_for(rng, rule):
    """A packet that a rule holds for, or nearly."""
    family = 6 if ":" in rule.get("SRC", rule.get("DST", "")) else \
        rng.choice((4, 6)) if "SRC" not in rule and "DST" not in rule else 4
    make = ipaddress.IPv4Address if family == 4 else ipaddress.IPv6Address
    proto = rule.get("PROTO", rng.choice((6, 17, 1, 47)))
    if rng.random() < .1:
        proto = rng.choice((6, 17, 1, 47))
    packet = {"family": family, "PROTO": 58 if proto == 1 and family == 6
              else proto}
    low, high = BASE[family], BASE[family] + (1 << BITS[family]) - 1
    for name in ("SRC", "DST"):
        first = last = low + rng.randrange(1 << 12)
        if name + "_PLEN" in rule:
            net = ipaddress.ip_network(
                f"{rule[name]}/{rule[name + '_PLEN']}", strict=False)
            first, last = max(low, int(net[0])), min(high, int(net[-1]))
        elif name in rule:
            first = number(rule[name])
            last = number(rule.get(name + "_LAST", rule[name]))
        packet[name] = str(make(edges(rng, low + 1, high, first, last)))
    for name in ("SRCPORT", "DSTPORT"):
        first = rule.get(name, rng.randrange(1 << 12))
        packet[name] = edges(rng, 0, 65535, first,
                             rule.get(name + "_LAST", first))
    packet["ICMPTYPE"] = rule.get("ICMPTYPE", rng.choice((8, 13, 128, 129)))
    packet["IFACE"] = rng.choice(("eth0", "eth1"))
    packet["FWMARK"] = rng.randrange(4)
    packet["cut"] = rng.random() < .05
    if proto not in (6, 17) or packet["cut"]:
        packet["SRCPORT"] = packet["DSTPORT"] = None
    if proto != 1 or packet["cut"]:
        packet["ICMPTYPE"] = None
    return packet


# --- the wire ---

def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total & 0xffff) + (total >> 16)
    return ~(total + (total >> 16)) & 0xffff


def body_of(packet):
    if packet["cut"]:
        return b"" if packet["PROTO"] in (1, 58) else b"\0" * 7
    if packet["PROTO"] == 6:	# an ACK: no conn comes of it
        return struct.pack("!HHIIBBHHH", packet["SRCPORT"], packet["DSTPORT"],
                           1, 1, 0x50, 16, 1024, 0, 0)
    if packet["PROTO"] == 17:
        return struct.pack("!HHHH", packet["SRCPORT"], packet["DSTPORT"], 8, 0)
    return bytes([packet["ICMPTYPE"] or 0]) + b"\0" * 7


def frame_of(packet, mac):
    """The mark travels as DSCP; the balancer's nft makes a mark of it."""
    body = body_of(packet)
    ends = ipaddress.ip_address(packet["SRC"]).packed + \
        ipaddress.ip_address(packet["DST"]).packed
    if packet["family"] == 6:
        return mac + b"\2\0\0\0\0\1\x86\xdd" + struct.pack(
            "!IHBB", 0x60000000 | packet["FWMARK"] << 22, len(body),
            packet["PROTO"], 64) + ends + body
    head = struct.pack("!BBHHHBBH", 0x45, packet["FWMARK"] << 2,
                       20 + len(body), 1, 0, 64, packet["PROTO"], 0) + ends
    head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
    return mac + b"\2\0\0\0\0\1\x08\x00" + head + body


def enter(netns):
    with open(netns) as f:
        if ctypes.CDLL(None, use_errno=True).setns(f.fileno(), 0x40000000):
            raise OSError(ctypes.get_errno(), "setns")


def mac_of(dev):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        return fcntl.ioctl(sock, 0x8927,	# SIOCGIFHWADDR
                           struct.pack("256s", dev.encode()))[18:24]


def wire(dev):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    sock.bind((dev, 0))
    return sock


# --- the comparison ---

def hits_of(genl, sock, family):
    told = genl.dump(sock, family, genl.commands["LB_CMD_FLOW_GET"])
    return {o["FLOW"]["NAME"]: o["FLOW"]["HITS"] for o in told
            if "FLOW" in o and o["FLOW"]["HITS"]}


def load(genl, sock, family, directors, flows):
    commands = [("TXN_BEGIN", {})]
    for name, proto in directors.items():
        director = {"NAME": name, "MODE": "nat", "SCHED": "roundrobin"}
        if proto:
            director["PROTO"] = proto
        commands.append(("DIRECTOR_SET", {"DIRECTOR": director}))
    for flow, rules in flows:
        commands.append(("FLOW_SET", {"FLOW": flow}))
        commands += [("RULE_ADD", {"RULE": rule}) for rule in rules]
    commands.append(("TXN_COMMIT", {}))
    genl.send_all(sock, family, [
        (genl.commands["LB_CMD_" + c], genl.encode(t)) for c, t in commands])


def clear(genl, sock, family, flows, directors):
    commands = [("TXN_BEGIN", {})]
    commands += [("FLOW_DEL", {"FLOW": {"NAME": f["NAME"]}}) for f, _ in flows]
    commands += [("DIRECTOR_DEL", {"DIRECTOR": {"NAME": d}})
                 for d in directors]
    commands.append(("TXN_COMMIT", {}))
    genl.send_all(sock, family, [
        (genl.commands["LB_CMD_" + c], genl.encode(t)) for c, t in commands])


def compare(expected, got):
    for name in sorted(set(expected) | set(got)):
        if expected.get(name, 0) != got.get(name, 0):
            print(f"{name}: model {expected.get(name, 0)}, "
                  f"module {got.get(name, 0)}")
    return expected == got


def agree(header, client, balancer, seed, rounds, packets):
    import genl
    genl.read_header(header)
    rng = random.Random(int(seed))
    directors = {"any": 0, "tcp": 6, "udp": 17}
    enter(client)
    wires = {dev: wire(dev) for dev in ("eth0", "eth1")}
    enter(balancer)
    macs = {dev: mac_of(dev) for dev in wires}
    sock = genl.open_socket()
    family = genl.family_id(sock)
    decided = 0
    for i in range(int(rounds)):
        flows = random_flows(rng, directors, 4 * (i + 1) ** 2)
        rules = [r for _, of in flows for r in of]
        load(genl, sock, family, directors, flows)
        expected = {}
        for _ in range(int(packets)):
            packet = packet_for(rng, rng.choice(rules))
            name = decide(flows, directors, packet)
            if name:
                expected[name] = expected.get(name, 0) + 1
                decided += 1
            wires[packet["IFACE"]].send(
                frame_of(packet, macs[packet["IFACE"]]))
        deadline = time.monotonic() + 5
        while hits_of(genl, sock, family) != expected and \
                time.monotonic() < deadline:
            time.sleep(.1)
        if not compare(expected, hits_of(genl, sock, family)):
            print(f"round {i}, seed {seed}")
            return 1
        clear(genl, sock, family, flows, directors)
    print(f"{decided} of {int(rounds) * int(packets)} packets decided, alike")
    return 0


def main():
    if sys.argv[1] == "requests":
        for command, tree in requests(sys.stdin.read()):
            print(command, json.dumps(tree))
        return 0
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    return agree(*sys.argv[2:])


sys.exit(main())
