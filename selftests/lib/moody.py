# SPDX-License-Identifier: GPL-2.0
"""Web servers that behave badly, each on a port.

moody.py PORT=MOOD...		listens on the last port last

silent		takes the request and never answers
full		has a connection waiting that nobody takes, and room for no other
reset, close	takes the request and resets, closes the connection
drip		sends its head a byte every 0.2 s
huge		sends 1 GB, and prints when the other side has had enough
garbage		does not speak HTTP
endless		sends header lines for ever
longline	sends one that is longer than curl takes
hint		sends 103 before 200
redirect	sends 302
200,503,...	sends these codes in turn, one a request, then the last for ever;
		prints when each request came, in seconds
"""
import asyncio
import signal
import socket
import struct
import sys
import time

RESET = struct.pack("ii", 1, 0)


def head(code, length=2):
    return f"HTTP/1.1 {code} X\r\nContent-Length: {length}\r\n\r\n".encode()


async def silent(_reader, writer):
    await asyncio.sleep(3600)


async def reset(_reader, writer):
    writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, RESET)


async def close(_reader, _writer):
    pass


async def drip(_reader, writer):
    for byte in head(200):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.2)


async def huge(_reader, writer):
    sent = 0
    try:
        writer.write(head(200, 1 << 30))
        while sent < 1 << 30:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536
    finally:
        print("huge", sent >> 20, "MiB", flush=True)


async def garbage(_reader, writer):
    writer.write(b"SSH-2.0-moody\r\n")
    await writer.drain()


async def endless(_reader, writer):
    writer.write(b"HTTP/1.1 200 X\r\n")
    while True:
        writer.write(b"X-More: " + b"y" * 1000 + b"\r\n")
        await writer.drain()


async def longline(_reader, writer):
    writer.write(b"HTTP/1.1 200 X\r\nX-More: " + b"y" * 200000 + b"\r\n\r\n")
    await writer.drain()


async def hint(_reader, writer):
    writer.write(b"HTTP/1.1 103 X\r\n\r\n" + head(200) + b"ok")
    await writer.drain()


async def redirect(_reader, writer):
    writer.write(b"HTTP/1.1 302 X\r\nLocation: /ok\r\n\r\n")
    await writer.drain()


def in_turn(codes, port):
    codes = codes.split(",")

    async def answer(_reader, writer):
        code = codes.pop(0) if len(codes) > 1 else codes[0]
        print(port, code, f"{time.monotonic():.3f}", flush=True)
        writer.write(head(code) + b"ok")
        await writer.drain()
    return answer


def serve(mood):
    async def one(reader, writer):
        try:
            await reader.readuntil(b"\r\n\r\n")
            await mood(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
    return one


def fill(port):
    """Linux takes one connection more than the backlog says."""
    listener = socket.create_server(("", port), backlog=0)
    client = socket.create_connection(("127.0.0.1", port))
    return listener, client


async def main():
    kept = []
    for arg in sys.argv[1:]:
        port, mood = arg.split("=")
        if mood == "full":
            kept.append(fill(int(port)))
            continue
        answer = in_turn(mood, port) if mood[0].isdigit() else \
            globals()[mood]
        kept.append(await asyncio.start_server(
            serve(answer), None, int(port), backlog=4096))
    await asyncio.sleep(100000)


signal.signal(signal.SIGPIPE, signal.SIG_IGN)
asyncio.run(main())
