"""A small OpenAI-compatible server for OpenAIGeneratorTests: the model's name says what it does.

Prints its port on a line and ends when its standard input does.
"""

import http.server
import json
import os
import sys
import threading
import time


def event(text=None, finish=None, raw=False, **more):
    choice = {"index": 0, "finish_reason": finish}
    if raw:
        choice["text"] = text or ""
    else:
        choice["delta"] = {"content": text} if text is not None else {"role": "assistant"}
    value = {"object": "chunk", "choices": [choice], **more}
    return f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = json.loads(body)
        model = request["model"]
        if model.isdigit():
            error = json.dumps({"error": {"message": f"refused with {model}", "type": "t"}}, indent=1)
            return self.reply(int(model), "application/json", [error.encode()])
        self.reply(200, "text/event-stream", getattr(self, "model_" + model)(request))

    def reply(self, status, kind, pieces):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()
        try:
            for piece in pieces:
                self.wfile.write(piece)
                self.wfile.flush()
        except (BrokenPipeError, ConnectionResetError):
            pass

    def model_split(self, request):
        raw = self.path == "/v1/completions"
        usage = {"prompt_tokens": 7, "completion_tokens": 4}
        stream = b": hello\r\nevent: x\n" + event(raw=raw)
        stream += event("Grüße, ", raw=raw) + event("世界 ", raw=raw) + event("👩‍🚀!", "stop", raw=raw)
        stream += b'data: {"choices": [], "usage": %s}\n\n' % json.dumps(usage).encode()
        stream += b"data: [DONE]\n\n"
        for index in range(len(stream)):
            # One byte a piece where characters and lines are, so every split happens.
            yield stream[index : index + 1]

    def model_echo(self, request):
        """Says what the request was, with its path and its key."""
        request["path"] = self.path
        request["key"] = self.headers.get("Authorization")
        yield event(json.dumps(request), "length") + b"data: [DONE]\n\n"

    def model_commandlines(self, request):
        """Says the command lines of all processes, as another user could."""
        lines = []
        for name in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    lines.append(file.read().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                pass
        curls = [line for line in lines if "curl" in line and "--config" in line]
        yield event("\n".join(curls), "stop") + b"data: [DONE]\n\n"

    def model_early(self, request):
        yield event("half")

    def model_nodone(self, request):
        yield event("whole", "stop")

    def model_garbage(self, request):
        yield b"<html>\x1b[31m a proxy's page</html>\n" * 3

    def model_badjson(self, request):
        yield event("a") + b'data: {"choices": [\n\n'

    def model_failing(self, request):
        yield event("a") + b'data: {"error": {"message": "out of memory"}}\n\n'

    def model_longline(self, request):
        yield event("a") + b"data: "
        for _ in range(40):
            yield b"x" * 65536

    def model_slow(self, request):
        yield event("first ")
        for _ in range(200):
            time.sleep(0.05)
            yield b": alive\n"


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
