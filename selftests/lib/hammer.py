# SPDX-License-Identifier: GPL-2.0
"""hammer.py ADDR PORT SECONDS: asks a web server, four at a time, a connection
for each request. Then prints of each, in order, when it began (ms of the clock
date(1) has) and the body, or the error."""
import http.client
import sys
import threading
import time

ADDR, PORT, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
END = time.time() + SECONDS
results = []


def ask():
    conn = http.client.HTTPConnection(ADDR, PORT, timeout=4)
    try:
        conn.request("GET", "/", headers={"Connection": "close"})
        return conn.getresponse().read().decode().strip()
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        conn.close()


def loop():
    while time.time() < END:
        began = int(time.time() * 1000)
        results.append((began, ask()))
        time.sleep(0.02)


threads = [threading.Thread(target=loop) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for began, result in sorted(results):
    print(began, result)
