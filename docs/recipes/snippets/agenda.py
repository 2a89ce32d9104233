"""Usage: SMS_URL=http://localhost:8080 SMS_KEY=… python3 agenda.py AG-22 06.39.98.00.32"""

import json
import os
import sys
import urllib.error
import urllib.request

external_id, phone = sys.argv[1:3]


def ask(method, path, body=None):
    request = urllib.request.Request(
        os.environ["SMS_URL"] + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + os.environ["SMS_KEY"], "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "{}")
    except urllib.error.HTTPError as refusal:
        problem = json.load(refusal)
        sys.exit(f"{problem['code']}: {problem.get('detail') or problem['title']}")


# The practice, once; sent again it stays as it is.
ask("PUT", "/v1/practices/tilleuls", {
    "name": "Cabinet des Tilleuls",
    "sender": "TILLEULS",
    "phone": "01 99 00 12 35",
    "address": "12 rue des Tilleuls",
    "timeZone": "Europe/Paris",
})


# Booking, and moving, are the same call.
def book(starts_at):
    series = ask("PUT", f"/v1/appointments/{external_id}", {
        "contact": {"phone": phone},
        "practice": "tilleuls",
        "startsAt": starts_at,
        "reminders": ["P2D"],
        "consent": {
            "method": "paper",
            "grantedAt": "2026-11-02T10:00",
            "wording": "J’accepte de recevoir par SMS les rappels de mes rendez-vous "
            "au Cabinet des Tilleuls. Je peux arrêter à tout moment.",
        },
    })
    return series["steps"][0]["plannedAt"]


print("booked, reminder planned for", book("2028-05-16T10:30"))
print("moved, reminder planned for", book("2028-05-18T15:00"))

# Cancelling ends the reminders; the second time changes nothing.
ask("DELETE", f"/v1/appointments/{external_id}")
print("cancelled")
