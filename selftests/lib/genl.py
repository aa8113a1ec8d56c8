# SPDX-License-Identifier: GPL-2.0
"""Raw requests to the module, driven by lines: genl.py HEADER

Reads a command a line, behind a tag, and answers each with the tag and a line.
Attribute and command numbers are read from the UAPI header, HEADER.

socket NAME		ok; one more netlink socket
close NAME		ok
NAME COMMAND [JSON]	ok | "ERRNO: the kernel's reason"
NAME FILE PATH		the same, for a file of such commands; the first that
			fails ends it
NAME DUMP COMMAND PATH	ok; the objects are in the file, as a JSON list

JSON: attributes by name without prefix; a nest is an object, "hex:0102" is
bytes as they are, "#7" as a name is a number as it is, a list is the
attribute as often.
{"DIRECTOR": {"NAME": "web", "ADDR": "192.0.2.1", "PORT": 80, "PROTO": 6}}
"""
import errno
import functools
import json
import os
import re
import socket
import struct
import sys

# One of two names of a number.
errno.errorcode[errno.EOPNOTSUPP] = "EOPNOTSUPP"
NETLINK_GENERIC, GENL_ID_CTRL, NLMSG_ERROR, NLMSG_DONE = 16, 16, 2, 3
SOL_NETLINK, NETLINK_CAP_ACK, NETLINK_EXT_ACK = 270, 10, 11
ACK_TLVS, CAPPED, NESTED = 0x200, 0x100, 0x8000
WIDTH = {"PROTO": "B", "ADMIN": "B", "HEALTH": "B", "RESULT": "B",
         "PORT": "!H", "ENCAP_PORT": "!H", "CLIENT_PORT": "!H",
         "VIP_PORT": "!H",
         "STATUSCODE": "H", "ICMPTYPE": "B", "SRC_PLEN": "B", "DST_PLEN": "B",
         "SRCPORT": "!H", "SRCPORT_LAST": "!H", "DSTPORT": "!H",
         "DSTPORT_LAST": "!H", "TO_PLEN": "B", "TO_PORT": "!H",
         "TO_PORT_LAST": "!H", "HITS": "Q"}
ADDRS = ("ADDR", "SOURCE", "SRC", "SRC_LAST", "DST", "DST_LAST", "TO",
         "TO_LAST")
WORDS = ("NAME", "DIRECTOR", "SERVER", "FLOW", "POLICY", "IFACE", "MODE",
         "SCHED", "IN", "OUT")
sockets = {}
commands, attrs = {}, {}


def numbers(text, name):
    """The members of an enum, in order."""
    body = re.sub(r"/\*.*?\*/", "", re.search(
        rf"enum {name} {{(.*?)}};", text, re.S).group(1), flags=re.S)
    return {w.strip(): i for i, w in enumerate(body.split(","))
            if "=" not in w}


def read_header(path):
    """Fills commands and attrs; call it first."""
    with open(path) as header:
        uapi = header.read()
    commands.update(numbers(uapi, "lb_cmd"))
    for nest in ("", "DIRECTOR", "SERVER", "CHECK", "METHOD", "OPTIONS",
                 "CONN", "COUNTER", "INFO", "PERSIST", "FLOW", "RULE", "NAT",
                 "PIN"):
        attrs[nest] = numbers(uapi, f"lb_{nest.lower()}_attr" if nest
                              else "lb_attr")


def value_bytes(name, value):
    if value is True:
        return b""
    if isinstance(value, int):
        return struct.pack(WIDTH.get(name, "I"), value)
    if value.startswith("hex:"):
        return bytes.fromhex(value[4:])
    if name.endswith(ADDRS):
        family = socket.AF_INET6 if ":" in value else socket.AF_INET
        return socket.inet_pton(family, value)
    return value.encode() + b"\0"


def encode(tree, nest=""):
    prefix = f"LB_{nest}_A_" if nest else "LB_A_"
    data = b""
    for name, value in ((n, v) for n, values in tree.items() for v in
                        (values if isinstance(values, list) else [values])):
        kind = int(name[1:]) if name[0] == "#" else \
            attrs[nest][prefix + name]
        if isinstance(value, dict):
            kind, body = kind | NESTED, encode(value, name)
        else:
            body = value_bytes(name, value)
        data += struct.pack("HH", 4 + len(body), kind) + body
        data += b"\0" * (-len(data) % 4)
    return data


def decode(data, nest=""):
    """What encode() takes, of an answer; what it cannot tell is hex."""
    prefix = f"LB_{nest}_A_" if nest else "LB_A_"
    names = {n: w[len(prefix):] for w, n in attrs[nest].items()}
    tree, at = {}, 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from("HH", data, at)
        name, body = names.get(kind & 0x3fff, f"#{kind}"), \
            data[at + 4:at + size]
        if kind & NESTED:
            tree[name] = decode(body, name) if name in attrs else True
        elif name in WORDS:
            tree[name] = body.rstrip(b"\0").decode()
        elif name in ADDRS:
            tree[name] = socket.inet_ntop(
                socket.AF_INET6 if len(body) == 16 else socket.AF_INET, body)
        elif not body:
            tree[name] = True
        elif len(body) == struct.calcsize(WIDTH.get(name, "I")):
            tree[name] = struct.unpack(WIDTH.get(name, "I"), body)[0]
        else:
            tree[name] = "hex:" + body.hex()
        at += size + 3 & ~3
    tree.pop("PAD", None)
    return tree


def open_socket():
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
    sock.bind((0, 0))
    sock.settimeout(10)
    sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
    sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
    return sock


def reason(message, flags):
    """The extack text behind a capped error message."""
    at = 16 + 4 + 16
    while flags & ACK_TLVS and at + 4 <= len(message):
        size, kind = struct.unpack_from("HH", message, at)
        if kind == 1:
            return message[at + 4:at + size].rstrip(b"\0").decode()
        at += size + 3 & ~3
    return ""


def request(sock, family, command, data):
    message = struct.pack("BBH", command, 1, 0) + data
    # NLM_F_REQUEST | NLM_F_ACK
    sock.send(struct.pack("IHHII", 16 + len(message), family, 5, 1, 0)
              + message)
    answer = b""
    while True:
        reply = sock.recv(65536)
        _, kind, flags = struct.unpack_from("IHH", reply)
        if kind != NLMSG_ERROR:
            answer = reply
            continue
        code = struct.unpack_from("i", reply, 16)[0]
        if code:
            raise OSError(-code, reason(reply, flags))
        return answer


def send_all(sock, family, requests):
    """Many in a message, answered only if they fail, but for the last."""
    data = b""
    for seq, (command, body) in enumerate(requests, 1):
        message = struct.pack("BBH", command, 1, 0) + body
        is_last = seq == len(requests) or len(data) > 4096
        data += struct.pack("IHHII", 16 + len(message), family,
                            5 if is_last else 1, seq, 0) + message
        if not is_last:
            continue
        sock.send(data)
        data, kind, answered, error = b"", 0, 0, None
        while kind != NLMSG_ERROR or answered != seq:
            reply = sock.recv(65536)
            _, kind, flags, answered = struct.unpack_from("IHHI", reply)
            code = struct.unpack_from("i", reply, 16)[0]
            if kind == NLMSG_ERROR and code and not error:
                error = OSError(-code, f"{reason(reply, flags)} "
                                f"(request {answered})")
        if error:
            raise error


def dump(sock, family, command):
    sock.send(struct.pack("IHHIIBBH", 20, family, 0x301, 1, 0, command, 1, 0))
    objects = []
    while True:
        reply, at = sock.recv(65536), 0
        while at < len(reply):
            size, kind = struct.unpack_from("IH", reply, at)
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                code = struct.unpack_from("i", reply, at + 16)[0]
                if code:
                    raise OSError(-code, "")
                return objects
            objects.append(decode(reply[at + 20:at + size]))
            at += size + 3 & ~3


def family_id(sock):
    name = b"l4lb\0"
    data = struct.pack("HH", 4 + len(name), 2) + name + b"\0" * 3
    reply = request(sock, GENL_ID_CTRL, 3, data)
    at = 20
    while at < len(reply):
        size, kind = struct.unpack_from("HH", reply, at)
        if kind == 1:
            return struct.unpack_from("H", reply, at + 4)[0]
        at += size + 3 & ~3


@functools.lru_cache()
def prepared(line):
    command, _, tree = line.partition(" ")
    return commands["LB_CMD_" + command], encode(json.loads(tree))


def run(line):
    words = line.strip().split(None, 2)
    if words[1:2] == ["DUMP"]:
        words = line.split()
    if words[0] == "socket":
        sock = open_socket()
        sockets[words[1]] = sock, family_id(sock)
    elif words[0] == "close":
        sockets.pop(words[1])[0].close()
    else:
        sock, family = sockets[words[0]]
        if words[1] == "DUMP":
            number = commands["LB_CMD_" + words[2]]
            with open(words[3], "w") as out:
                json.dump(dump(sock, family, number), out, sort_keys=True)
            return "ok"
        if words[1] == "FILE":
            with open(words[2]) as lines:
                send_all(sock, family, [prepared(r) for r in lines])
            return "ok"
        tree = json.loads(words[2]) if len(words) > 2 else {}
        number = commands.get("LB_CMD_" + words[1]) or int(words[1])
        request(sock, family, number, encode(tree))
    return "ok"


def main():
    read_header(sys.argv[1])
    for line in sys.stdin:
        tag, command = line.split(None, 1)
        try:
            answer = run(command)
        except OSError as e:
            text = e.strerror or os.strerror(e.errno)
            answer = f"{errno.errorcode[e.errno]}: {text}"
        except (KeyError, ValueError, IndexError) as e:
            answer = f"wrong use: {e!r}"
        print(tag, answer, flush=True)


if __name__ == "__main__":
    main()
