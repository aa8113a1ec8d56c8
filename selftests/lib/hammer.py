# SPDX-License-Identifier: GPL-2.0
"""hammer.py ADDR PORT SECONDS: asks a web server, four at a time, a connection
for each request. Says "ready" when it begins, and at the end of each request
when it began (ms of the clock date(1) has) and the last line of the answer, or
the error."""
import socket
import sys
import threading
import time

ADDR, PORT, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
REQUEST = f"GET / HTTP/1.1\r\nHost: {ADDR}\r\nConnection: close\r\n\r\n".encode()
END = time.time() + SECONDS
results = []


def ask():
    answer = b""
    try:
        with socket.create_connection((ADDR, PORT), timeout=4) as sock:
            sock.sendall(REQUEST)
            while more := sock.recv(4096):
                answer += more
        return answer.decode().split()[-1] if answer else "nothing"
    except OSError as error:
        return type(error).__name__


def loop():
    while time.time() < END:
        began = int(time.time() * 1000)
        results.append((began, ask()))
        time.sleep(0.05)


threads = [threading.Thread(target=loop) for _ in range(4)]
print("ready", flush=True)
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for began, result in sorted(results):
    print(began, result)
