"""Follows ITCH 5.0 over MoldUDP64, and shows the books that MeatPy builds of it.

    meatpy_books.py GROUP PORT INTERFACE REREQUEST_HOST REREQUEST_PORT

It joins the group, says "listening", and collects every message from number 1 on; those that are
missing it asks for again. At the end of the session it says "complete". Then it reads numbers of
messages from standard input, one a line and ascending, and shows the books behind each of them as
a line of JSON: for every symbol the buys and the sells, best first, as [reference, price, shares].

MeatPy has no MoldUDP64, so that is spoken here.
"""

import datetime
import json
import socket
import struct
import sys
import time

from meatpy.itch50 import ITCH50MarketProcessor
from meatpy.itch50.itch50_market_message import ITCH50MarketMessage

END_OF_SESSION = 0xFFFF
# Seconds without anything new after which nobody waits any longer.
PATIENCE = 20.0
# Messages that are asked for at once.
CHUNK = 30


def blocks(packet, count):
    """The messages of a packet, which has to be whole."""
    at = 20
    for _ in range(count):
        (length,) = struct.unpack_from(">H", packet, at)
        message = packet[at + 2 : at + 2 + length]
        assert len(message) == length, "a block is cut"
        yield message
        at += 2 + length
    assert at == len(packet), "bytes behind the last block"


def listen(group, port, interface):
    """A socket that hears the group, and answers to its own requests as well."""
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    ear.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    ear.bind(("", port))
    membership = socket.inet_aton(group) + socket.inet_aton(interface)
    ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    ear.settimeout(0.05)
    return ear


def collect(ear, rerequest):
    """Every message of the session, in order."""
    told, end, fresh = {}, None, time.monotonic()
    following, latest = 1, 0
    while end is None or following < end:
        known = len(told)
        try:
            packet = ear.recv(65536)
        except socket.timeout:
            packet = None
        if packet is not None:
            session, number, count = struct.unpack_from(">10sQH", packet)
            if count == END_OF_SESSION:
                end, count = number, 0
            for at, message in enumerate(blocks(packet, count), number):
                assert told.setdefault(at, message) == message, f"message {at} has changed"
            while following in told:
                following += 1
            latest = max(latest, number + count)
        if following < latest:
            missing = min(CHUNK, latest - following)
            ear.sendto(struct.pack(">10sQH", session, following, missing), rerequest)
        if len(told) > known:
            fresh = time.monotonic()
        assert time.monotonic() < fresh + PATIENCE, f"message {following} never comes"
    return [told[number] for number in range(1, end)]


def side(levels):
    """The orders of one side, best first."""
    return [[order.order_id, level.price, order.volume] for level in levels for order in level.queue]


def books(processors):
    """The books of all symbols."""
    shown = {}
    for symbol, processor in processors.items():
        book = processor.current_lob
        sides = (book.bid_levels, book.ask_levels) if book else ([], [])
        shown[symbol] = [side(levels) for levels in sides]
    return shown


def main():
    group, port, interface, host, rerequest = sys.argv[1:]
    ear = listen(group, int(port), interface)
    print("listening", flush=True)
    told = collect(ear, (host, int(rerequest)))
    print("complete", flush=True)
    marks = [int(line) for line in sys.stdin]
    processors = {}
    for number, message in enumerate(told, 1):
        message = ITCH50MarketMessage.from_bytes(message)
        if message.type == b"R":
            name = message.stock.decode().rstrip()
            if name not in processors:
                processors[name] = ITCH50MarketProcessor(name, datetime.datetime(2026, 1, 1))
        for processor in processors.values():
            processor.process_message(message)
        while marks and marks[0] == number:
            print(json.dumps({"number": marks.pop(0), "books": books(processors)}))
    for processor in processors.values():
        # Fails if an order was executed before one that stood before it.
        processor.processing_done()
    print("done", flush=True)


if __name__ == "__main__":
    main()
