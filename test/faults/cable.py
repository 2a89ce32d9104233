"""A cable between two hosts that delays, loses or drops packets, as each line of its input says.

Two TUN devices, and whatever is written into the one comes out of the other. A line is a JSON object:
delayMs and jitterMs of each packet, loss from 0 to 1, and cut, the names of directions that carry nothing.
"""

import fcntl
import heapq
import json
import os
import random
import select
import struct
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
LONGEST = 65536


def tun(name):
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return device


def main():
    a, b = tun(sys.argv[1]), tun(sys.argv[2])
    ways = {a: (b, "a"), b: (a, "b")}
    chance = random.Random(int(sys.argv[3]))
    state = {"delayMs": 0, "jitterMs": 0, "loss": 0, "cut": []}
    under_way, turn = [], 0
    print("laid", flush=True)
    while True:
        now = time.monotonic()
        while under_way and under_way[0][0] <= now:
            _, _, to, packet = heapq.heappop(under_way)
            try:
                os.write(to, packet)
            except OSError:
                pass  # Its host is not up, or its queue is full: lost, as packets are.
        wait = max(0, under_way[0][0] - now) if under_way else None
        for ready in select.select([a, b, 0], [], [], wait)[0]:
            if ready == 0:
                line = sys.stdin.readline()
                if line == "":
                    return
                state = json.loads(line)
                print("set", flush=True)
                continue
            to, name = ways[ready]
            packet = os.read(ready, LONGEST)
            if name in state["cut"] or chance.random() < state["loss"]:
                continue
            turn += 1
            due = time.monotonic() + (state["delayMs"] + chance.random() * state["jitterMs"]) / 1000
            heapq.heappush(under_way, (due, turn, to, packet))


main()
