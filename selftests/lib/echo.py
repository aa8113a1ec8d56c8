# SPDX-License-Identifier: GPL-2.0
"""Echo server: echo.py NAME tcp|udp|both ADDRESS|* PORT...

Answers each line (TCP) or datagram (UDP) with
"NAME CLIENT_ADDRESS CLIENT_PORT DATA". One process, many connections.
"""
import selectors
import socket
import sys

name, protos, addr, *ports = sys.argv[1:]
selector = selectors.DefaultSelector()


def answer(peer, data):
    host = peer[0].removeprefix("::ffff:")
    return f"{name} {host} {peer[1]} ".encode() + data


def on_datagram(sock):
    data, peer = sock.recvfrom(65536)
    sock.sendto(answer(peer, data), peer)


def on_connection(sock):
    conn, _ = sock.accept()
    conn.setblocking(False)
    selector.register(conn, selectors.EVENT_READ, on_data)


def on_data(conn):
    try:
        data = conn.recv(65536)
    except ConnectionError:
        data = b""
    if not data:
        selector.unregister(conn)
        conn.close()
        return
    for line in data.splitlines(keepends=True):
        conn.sendall(answer(conn.getpeername(), line))


def listen(proto, port):
    kind = socket.SOCK_STREAM if proto == "tcp" else socket.SOCK_DGRAM
    family = socket.AF_INET if "." in addr else socket.AF_INET6
    server = socket.socket(family, kind)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if addr == "*":
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    server.bind(("::" if addr == "*" else addr, int(port)))
    if proto == "tcp":
        server.listen(1024)
    selector.register(server, selectors.EVENT_READ,
                      on_connection if proto == "tcp" else on_datagram)


for number in ports:
    for word in ("udp", "tcp") if protos == "both" else (protos,):
        listen(word, number)
while True:
    for key, _ in selector.select():
        key.data(key.fileobj)
