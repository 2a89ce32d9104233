"""Usage: SMS_URL=http://localhost:8080 SMS_KEY=… python3 webhooks.py"""

import base64
import hashlib
import hmac
import http.server
import json
import os
import queue
import threading
import time
import urllib.request

received = queue.Queue()
secret = ""


def ask(method, path, body=None):
    request = urllib.request.Request(
        os.environ["SMS_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + os.environ["SMS_KEY"], "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read() or "{}")


def is_genuine(headers, body):
    """Whether Bonheure wrote this body, within the last five minutes."""
    if abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        return False
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return any(hmac.compare_digest(expected, one) for one in headers["webhook-signature"].split())


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        genuine = is_genuine(self.headers, body)
        # Answer at once and work afterwards: whatever is not 2xx within 10 s is sent again.
        self.send_response(204 if genuine else 400)
        self.end_headers()
        if genuine:
            received.put(json.loads(body))

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()

# In production: https, and an address of the internet. The secret is shown this once: keep it.
url = f"http://127.0.0.1:{server.server_port}/bonheure"
webhook = ask("POST", "/v1/webhooks", {"url": url, "events": ["reminder.sent", "series.ended"]})
secret = webhook["secret"]
print("webhook added")

ask("POST", f"/v1/webhooks/{webhook['id']}/test", {})
event = received.get(timeout=20)
# The same event may come twice: remember the ids that you have seen.
print(f"{event['type']} received, signature verified")

forged = {"webhook-id": event["id"], "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"}
print("forged one refused:", not is_genuine(forged, b"{}"))

ask("DELETE", f"/v1/webhooks/{webhook['id']}")
print("webhook removed")
