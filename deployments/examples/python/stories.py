#!/usr/bin/env python3
"""Prints rawi's stories as they stand, and then as they change.

Needs nothing but Python 3.9 and, for stories above 8 KiB, a decoder of zstd: Python 3.14 has one, before that it is the package zstandard (Debian:
python3-zstandard). With publish.compress: false in rawi's configuration no decoder is needed.

It speaks the protocol of NATS itself, over TCP or TLS, with a user and password or a client's certificate:

  NATS_URL=nats://127.0.0.1:4222           the server inside rawi
  NATS_URL=tls://desk:PASSWORD@nats-1:4222 NATS_CA=ca.pem NATS_CERT=desk.pem NATS_KEY=desk.key NATS_INBOX_PREFIX=_INBOX_desk

For users by NKey, whose signatures the standard library does not make, take nats-py (https://github.com/nats-io/nats.py): the subjects, the consumer and
the bodies are the same. nats-py was not to be had where this program is tested, so it was not tried.
"""
import argparse
import json
import os
import re
import secrets
import socket
import ssl
import sys
import time
from urllib.parse import unquote, urlsplit

STREAM = "STORIES"
# What a terminal obeys, and what directs text: titles come from the web.
UNSAFE = r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"


def decompress(data):
    try:
        from compression import zstd  # Python 3.14
        return zstd.decompress(data)
    except ImportError:
        pass
    try:
        import zstandard
    except ImportError:
        sys.exit("stories: a story is compressed: install zstandard, or set publish.compress to false in rawi's configuration")
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


class Refused(Exception):
    """Says what no second try mends."""


def tls():
    """Returns how to speak TLS: certificates of servers are checked, by the system's authorities or by NATS_CA."""
    try:
        context = ssl.create_default_context(cafile=os.environ.get("NATS_CA") or None)
        if os.environ.get("NATS_CERT"):
            context.load_cert_chain(os.environ["NATS_CERT"], os.environ.get("NATS_KEY") or None)
    except OSError as e:
        raise Refused(f"NATS_CA, NATS_CERT and NATS_KEY want PEM files: {e}") from e
    return context


class Connection:
    """A connection to a NATS server, as much of it as a reader needs."""

    def __init__(self, url):
        parts = urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port or 4222), timeout=30)
        try:
            self.begin(parts)
        except BaseException:
            self.socket.close()
            raise

    def begin(self, parts):
        info = self.greeting()
        if parts.scheme == "tls":
            if not (info.get("tls_required") or info.get("tls_available")):
                raise Refused("the server speaks no TLS: NATS_URL wants nats:// there, or the server a certificate")
            self.socket = tls().wrap_socket(self.socket, server_hostname=parts.hostname)
        elif info.get("tls_required"):
            raise Refused("the server speaks TLS: NATS_URL wants tls:// there, and NATS_CA the authority that signed its certificate")
        self.file = self.socket.makefile("rb")
        options = {"verbose": False, "pedantic": False, "headers": True, "no_responders": True, "lang": "python", "version": "1", "protocol": 1, "name": "example"}
        if parts.username:
            options["user"], options["pass"] = unquote(parts.username), unquote(parts.password or "")
        self.inbox = os.environ.get("NATS_INBOX_PREFIX", "_INBOX") + "." + secrets.token_hex(8)
        self.send(f"CONNECT {json.dumps(options)}\r\nPING\r\n".encode())
        while (line := self.file.readline()) != b"PONG\r\n":  # before it comes what is wrong with the user
            if not line:
                raise ConnectionError("the server went away")
            if line.startswith(b"-ERR"):
                raise Refused(line.decode().strip() + ": the user and password stand in NATS_URL, as tls://user:password@host:4222")
        self.send(f"SUB {self.inbox} 1\r\n".encode())

    def greeting(self):
        """Returns what the server says of itself. Not a byte more is read: what follows may be TLS."""
        line = b""
        while not line.endswith(b"\n") and len(line) < 1 << 16:
            byte = self.socket.recv(1)
            if not byte:
                break
            line += byte
        if not line.startswith(b"INFO "):
            raise ConnectionError("no NATS server answers there")
        return json.loads(line[5:])

    def send(self, data):
        self.socket.sendall(data)

    def publish(self, subject, data=b"", reply=""):
        self.send(f"PUB {subject} {reply} {len(data)}\r\n".encode() + data + b"\r\n")

    def next(self):
        """Returns the next message: its subject, where to answer, status, headers and body."""
        while True:
            line = self.file.readline()
            if not line:
                raise ConnectionError("the server went away")
            words = line.decode().split()
            if words[0] == "PING":
                self.send(b"PONG\r\n")
            elif words[0] == "-ERR":
                complain(line.decode().strip())
            elif words[0] in ("MSG", "HMSG"):
                return self.message(words)

    def message(self, words):
        sizes = 2 if words[0] == "HMSG" else 1
        reply = words[3] if len(words) == 4 + sizes else ""
        total = int(words[-1])
        whole = self.file.read(total + 2)
        if len(whole) < total + 2:
            raise ConnectionError("the server went away")
        split = int(words[-2]) if sizes == 2 else 0
        lines = whole[:split].decode("utf-8", "replace").split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        status = lines[0].split()[1] if len(lines[0].split()) > 1 else ""
        return words[1], reply, status, headers, whole[split:total]

    def request(self, subject, data):
        self.publish(subject, json.dumps(data).encode(), self.inbox)
        _, _, status, _, body = self.next()
        if status == "503":
            raise ConnectionError("the server has JetStream off, or still starts")
        answer = json.loads(body)
        if "error" in answer:
            sys.exit("stories: " + answer["error"]["description"])
        return answer


def address(url):
    """Returns the address of a server, checked."""
    url = url if "://" in url else "nats://" + url
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("nats", "tls") and parts.hostname and (parts.port or 1)
    except ValueError:
        usable = False
    if not usable:
        sys.exit("stories: NATS_URL wants one server, as nats://host:4222 or tls://user:password@host:4222")
    return url


def complain(error):
    """Raises what the server says is wrong. A missing permission is not worth a second try."""
    if "Permissions Violation" in error:
        raise Refused(error + ": a reader's permissions stand in deployments/nats/accounts.conf; NATS_INBOX_PREFIX names its inbox")
    raise ConnectionError(error)


def subjects(args):
    return [f"news.story.{k}.{c}.>" for k in args.kind or ["*"] for c in [c.lower() for c in args.country] or ["*"]]


def consumer(nats, args):
    """Makes the reader, or finds the durable one of the name, and returns its name."""
    name = args.durable or "example-" + secrets.token_hex(6)
    config = {"name": name, "ack_policy": "explicit", "deliver_policy": "last_per_subject", "ack_wait": 30_000_000_000, "max_deliver": -1}
    if args.durable:
        config["durable_name"] = name
    else:
        config["inactive_threshold"] = 300_000_000_000
    wanted = subjects(args)
    path = f"$JS.API.CONSUMER.CREATE.{STREAM}.{name}"
    if len(wanted) == 1:
        config["filter_subject"] = wanted[0]
        path += "." + wanted[0]
    else:
        config["filter_subjects"] = wanted
    return nats.request(path, {"stream_name": STREAM, "config": config})["name"]


def stories(nats, name, args):
    """Gives out (subject, story, where to acknowledge), for as long as the connection lives."""
    waiting = 0
    while True:
        if waiting <= 0:  # the server has answered all that was asked for
            waiting = min(50, args.count) if args.count > 0 else 50  # what is taken and not acknowledged comes to others after ack_wait only
            ask = {"batch": waiting, "expires": 20_000_000_000, "idle_heartbeat": 5_000_000_000}
            nats.publish(f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{name}", json.dumps(ask).encode(), nats.inbox)
        subject, reply, status, headers, body = nats.next()
        if status == "100":  # a heartbeat
            continue
        if status:  # the time is up (408), or there is no such consumer any more
            waiting = 0
            if status != "408":
                raise ConnectionError("the reader is gone: " + status)
            continue
        waiting -= 1
        if headers.get("Rawi-Kind") != "story.v1":
            nats.publish(reply, b"+ACK")  # of a version that this program does not know
            continue
        if headers.get("Content-Encoding") == "zstd":
            body = decompress(body)
        yield subject, json.loads(body), reply


def speaks(story, languages):
    tags = list(story["titles"] or {}) + [r["language"] for r in story["reports"] or []]
    return not languages or any(t.lower() == l or t.lower().startswith(l + "-") for t in tags for l in languages)


def follow(nats, args, newest):
    for subject, story, reply in stories(nats, consumer(nats, args), args):
        # A subject never goes back: what is not newer than what was seen there is a repetition. A retraction comes after its revision.
        rank = (story["revision"], story["change"] == "retract")
        if rank > newest.get(subject, (0, False)) and (subject in newest or speaks(story, args.language)):
            newest[subject] = rank
            title = re.sub(UNSAFE, "", next((t for _, t in sorted((story["titles"] or {}).items())), ""))
            print(story["change"], story["id"], story["revision"], subject, title, flush=True)
            args.count -= 1
        nats.publish(reply, b"+ACK")  # once it is dealt with: what is not acknowledged comes again
        if args.count == 0:
            nats.send(b"PING\r\n")  # whose answer comes behind the acknowledgement
            while nats.file.readline() not in (b"PONG\r\n", b""):
                pass
            return


def main():
    def parted(text):
        return [t for t in text.split(",") if t]

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kind", type=parted, default=[], help="kinds, parted by commas, such as operation,disaster")
    parser.add_argument("--country", type=parted, default=[], help="countries (ISO 3166-1 alpha-2), parted by commas")
    parser.add_argument("--language", type=parted, default=[], help="languages (BCP 47), parted by commas")
    parser.add_argument("--durable", default="", help="name of a place that the server remembers")
    parser.add_argument("--count", type=int, default=-1, help="end after as many stories")
    args = parser.parse_args()
    for c in args.country:
        if not re.fullmatch("[A-Za-z]{2}", c):
            parser.error(f'country "{c}": wants two letters of ISO 3166-1, such as MA, or xx')
    for k in args.kind:
        if not re.fullmatch("[a-z]+", k):
            parser.error(f'kind "{k}": wants one such as operation or disaster')
    newest = {}
    url = address(os.environ.get("NATS_URL", "nats://127.0.0.1:4222"))
    place = url.rpartition("@")[2]  # without the password
    try:
        nats = Connection(url)
    except ssl.SSLError as e:
        sys.exit(f"stories: {place}: {e}; NATS_CA names the authority that signed the server's certificate, NATS_CERT and NATS_KEY a certificate of ours")
    except OSError as e:
        sys.exit(f"stories: {place}: {e}; does rawi run there?")
    while args.count != 0:
        try:
            return follow(nats, args, newest)
        except OSError as e:  # as connections that were lost are
            print(f"stories: {e}; trying again", file=sys.stderr)
        while True:
            time.sleep(1)
            try:
                nats = Connection(url)
                break
            except OSError:
                pass


if __name__ == "__main__":
    try:
        main()
    except Refused as e:
        sys.exit(f"stories: {e}")
    except KeyboardInterrupt:
        pass
