"""A hub that fails in the ways that hubs and networks do, for DownloadsTests and the CLI's tests.

Prints two ports, the hub's and its CDN's, on a line, and ends when its standard input does.

    /file?id=ID&size=N&seed=S[&faults=A,B,...][&plain=1]
        the bytes that `content(N, S)` makes. Each request takes the next fault of the list; after
        the last one the file is served as it should be, with ranges, If-Range and an ETag
        (`plain=1`: without an ETag).
    /log?id=ID
        the requests for ID as JSON: the server, Range, If-Range, whether a token came.
    /OWNER/NAME/resolve/REVISION/PATH, /api/models/OWNER/NAME/tree/REVISION
        the files of the folder given as the first argument, as Hugging Face serves them: large ones
        by way of a redirection to the CDN, with X-Linked-Etag and X-Linked-Size.
"""

import hashlib
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse

LOCK = threading.Lock()
STATE = {}
LOG = {}
LARGE = 4096
ROOT = sys.argv[1] if len(sys.argv) > 1 else None
RATE = int(os.environ.get("HUB_RATE", "0"))


def content(size, seed):
    """Byte i is (i * (2 * seed + 1) + i // 251) mod 256."""
    step = 2 * seed + 1
    return bytes((i * step + i // 251) & 255 for i in range(size))


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        self.close_connection = True
        parts = urllib.parse.urlsplit(self.path)
        query = {k: v[0] for k, v in urllib.parse.parse_qs(parts.query).items()}
        try:
            if parts.path == "/file":
                self.file(query)
            elif parts.path == "/log":
                self.text(200, json.dumps(LOG.get(query["id"], [])))
            elif parts.path.startswith("/api/models/"):
                self.tree(parts.path)
            elif "/resolve/" in parts.path:
                self.resolve(parts.path, query)
            elif parts.path.startswith("/cdn/"):
                self.cdn(urllib.parse.unquote(parts.path[5:]), query)
            else:
                self.text(404, "no such path")
        except (BrokenPipeError, ConnectionResetError):
            pass

    def text(self, status, text, **headers):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def record(self, identifier):
        entry = {
            "server": self.server.name,
            "range": self.headers.get("Range"),
            "if_range": self.headers.get("If-Range"),
            "token": self.headers.get("Authorization") is not None,
        }
        with LOCK:
            LOG.setdefault(identifier, []).append(entry)

    # The faults.

    def file(self, query):
        identifier = query["id"]
        self.record(identifier)
        with LOCK:
            state = STATE.setdefault(
                identifier,
                {"faults": [f for f in query.get("faults", "").split(",") if f], "version": 0},
            )
            fault = state["faults"].pop(0) if state["faults"] else "none"
            if fault.startswith("etag"):
                state["version"] += 1
            version = state["version"]
        body = content(int(query["size"]), int(query["seed"]) + version)
        tag = None if query.get("plain") else f'"{hashlib.md5(body).hexdigest()}"'
        if fault.isdigit():
            return self.text(int(fault), "a fault", Retry_After="0")
        if fault == "busy":
            return self.text(429, "come back tomorrow", Retry_After="86400")
        if fault == "close":
            return
        if fault == "garbage":
            self.wfile.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n" * 4)
            return
        if fault in ("redirect", "relative"):
            rest = self.path.replace(f"faults={query['faults']}", "faults=")
            port = self.server.cdn_port if self.server.name == "hub" else self.server.hub_port
            place = f"http://localhost:{port}{rest}&Signature=a%2Bb" if fault == "redirect" else rest
            return self.text(302, "", Location=place)
        if fault == "loop":
            with LOCK:
                state["faults"].insert(0, "loop")
            return self.text(302, "", Location=self.path)
        if fault == "nowhere":
            return self.text(302, "", Location="file:///etc/passwd")
        if fault == "hash":
            with LOCK:
                state["faults"].insert(0, "hash")
            # The last byte, which is also in the rest of a continued download.
            body = body[:-1] + bytes([body[-1] ^ 1])
        if fault == "spoiled":
            body = bytes([body[0] ^ 1]) + body[1:]
        if fault == "short":
            with LOCK:
                state["faults"].insert(0, "short")
            body = body[:-7]
        if fault == "long":
            with LOCK:
                state["faults"].insert(0, "long")
            body = body + b"more"
        self.serve(body, tag, fault)

    def serve(self, body, tag, fault="none"):
        start = 0
        wanted = self.headers.get("Range")
        condition = self.headers.get("If-Range")
        if wanted and fault != "whole":
            matches = condition is None or condition == tag or fault == "etag-ignored"
            if matches:
                start = int(wanted.split("=")[1].split("-")[0])
        if fault == "wrong-range" and start:
            start = max(0, start - 5)
        if wanted and start >= len(body) and start:
            return self.text(416, "", Content_Range=f"bytes */{len(body)}")
        rest = body[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        if tag:
            self.send_header("ETag", tag)
        self.send_header("Content-Type", "application/octet-stream")
        if fault == "chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(rest), 7001):
                piece = rest[at : at + 7001]
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
            return
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if fault in ("drop", "stall", "spoiled", "etag-drop"):
            self.wfile.write(rest[: max(1, len(rest) // 3)])
            self.wfile.flush()
            if fault == "stall":
                time.sleep(4)
            return
        if RATE:
            for at in range(0, len(rest), 16384):
                self.wfile.write(rest[at : at + 16384])
                time.sleep(16384 / RATE)
            return
        self.wfile.write(rest)

    # Hugging Face's paths.

    def repository(self, parts):
        return os.path.join(ROOT, parts[0], parts[1]) if ROOT else ""

    def tree(self, path):
        parts = path[len("/api/models/") :].split("/")
        folder = self.repository(parts)
        if not os.path.isdir(folder):
            return self.text(404, '{"error":"Repository not found"}')
        entries = []
        for base, _, names in os.walk(folder):
            for name in sorted(names):
                file = os.path.join(base, name)
                size = os.path.getsize(file)
                entry = {
                    "type": "file",
                    "oid": "0" * 40,
                    "size": size,
                    "path": os.path.relpath(file, folder),
                }
                if size > LARGE:
                    entry["lfs"] = {"oid": digest(file), "size": size, "pointerSize": 134}
                entries.append(entry)
        self.text(200, json.dumps(entries))

    def resolve(self, path, query):
        parts = path[1:].split("/")
        name = urllib.parse.unquote("/".join(parts[4:]))
        file = os.path.join(self.repository(parts), name)
        self.record(f"{parts[0]}/{parts[1]}/{name}")
        if parts[0] == "gated" and not self.headers.get("Authorization"):
            return self.text(401, "Access to model is restricted")
        if not os.path.isfile(file):
            return self.text(404, "Entry not found")
        if os.path.getsize(file) <= LARGE:
            with open(file, "rb") as source:
                body = source.read()
            return self.serve(body, f'"{hashlib.sha1(body).hexdigest()}"')
        place = urllib.parse.quote(os.path.relpath(file, ROOT))
        self.text(
            302,
            "",
            Location=f"http://localhost:{self.server.cdn_port}/cdn/{place}?X-Amz-Signature=secret",
            X_Linked_Etag=f'"{digest(file)}"',
            X_Linked_Size=str(os.path.getsize(file)),
            X_Repo_Commit="f" * 40,
        )

    def cdn(self, path, query):
        self.record(path)
        if self.headers.get("Authorization") or self.server.name != "cdn":
            return self.text(400, "a token came to the CDN")
        with open(os.path.join(ROOT, path), "rb") as source:
            body = source.read()
        self.serve(body, f'"{hashlib.md5(body).hexdigest()}-1"')


def digest(file):
    with open(file, "rb") as source:
        return hashlib.sha256(source.read()).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


hub = Server(("127.0.0.1", 0), Handler)
cdn = Server(("127.0.0.1", 0), Handler)
hub.name, cdn.name = "hub", "cdn"
for server in (hub, cdn):
    server.hub_port, server.cdn_port = hub.server_port, cdn.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
print(hub.server_port, cdn.server_port, flush=True)
sys.stdin.read()
