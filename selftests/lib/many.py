# SPDX-License-Identifier: GPL-2.0
"""Very many UDP conns of very many clients, one datagram and answer each.

many.py echo ADDR PORT		answers each datagram with itself, until a line
				comes on standard input; then prints how many
				peers it has seen, and from how many addresses
many.py ask DEV MAC ADDR PORT NET COUNT
				prints "N right, N wrong, N lost"

The clients are addresses behind one host, which need not exist: frames are
made and read by hand. Client i is NET + i // 50, its port 2000 + i % 50, so that
all of them want the same few ports. Each datagram carries its client, and an
answer is right if it comes to that one, from ADDR and PORT.
"""
import select
import socket
import struct
import sys

CHUNK, PORTS = 64, 50


def echo(addr, port):
    peers = set()
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    sock.bind((addr, int(port)))
    while sys.stdin not in select.select([sock, sys.stdin], [], [])[0]:
        data, peer = sock.recvfrom(64)
        peers.add(peer)
        sock.sendto(data, peer)
    print(len(peers), len({addr for addr, _ in peers}), flush=True)


class Asker:
    def __init__(self, dev, mac, addr, port, net):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(0x0800))
        self.sock.bind((dev, 0x0800))
        self.sock.settimeout(2)
        ether = bytes.fromhex(mac.replace(":", "")) + \
            self.sock.getsockname()[4] + b"\x08\x00"
        self.vip = socket.inet_aton(addr) + struct.pack("!H", int(port))
        head = struct.pack("!BBHHHBBH", 0x45, 0, 34, 0, 0, 64, 17, 0)
        self.start = ether + head[:10]
        self.sum = sum(struct.unpack("!10H", head + self.vip[:4] + b"\0" * 4))
        self.net = struct.unpack("!I", socket.inet_aton(net))[0]
        self.right = self.wrong = 0

    def client(self, i):
        return struct.pack("!IH", self.net + i // PORTS, 2000 + i % PORTS)

    def frame(self, client):
        total = self.sum + int.from_bytes(client[0:2], "big") + \
            int.from_bytes(client[2:4], "big")
        while total >> 16:
            total = (total & 0xffff) + (total >> 16)
        return self.start + (total ^ 0xffff).to_bytes(2, "big") + \
            client[:4] + self.vip[:4] + client[4:] + self.vip[4:] + \
            b"\0\x0e\0\0" + client

    def answers(self, waiting):
        """Reads until nobody waits any more, or nothing comes."""
        while waiting:
            try:
                got = self.sock.recv(256)
            except TimeoutError:
                return
            who = got[42:48]
            if got[23] == 17 and got[26:30] == self.vip[:4] and \
                    got[34:36] == self.vip[4:] and who in waiting and \
                    got[30:34] + got[36:38] == who:
                waiting.remove(who)
                self.right += 1
            elif got[23] == 17:
                self.wrong += 1

    def ask(self, clients):
        lost = set()
        for i in range(0, len(clients), CHUNK):
            waiting = set(clients[i:i + CHUNK])
            for client in waiting:
                self.sock.send(self.frame(client))
            self.answers(waiting)
            lost |= waiting
        return list(lost)


def ask(dev, mac, addr, port, net, count):
    asker = Asker(dev, mac, addr, port, net)
    left = [asker.client(i) for i in range(int(count))]
    # What a busy machine has lost is asked for again.
    for _ in range(3):
        left = asker.ask(left)
    print(f"{asker.right} right, {asker.wrong} wrong, {len(left)} lost")


{"echo": echo, "ask": ask}[sys.argv[1]](*sys.argv[2:])
