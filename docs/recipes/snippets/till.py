"""Usage: SMS_URL=http://localhost:8080 SMS_KEY=… python3 till.py "06 39 98 00 22" BULL-2603-0022"""

import json
import os
import sys
import urllib.error
import urllib.request

phone, bulletin = sys.argv[1:3]


def ask(path, body):
    request = urllib.request.Request(
        os.environ["SMS_URL"] + path,
        data=json.dumps(body).encode(),
        headers={"Authorization": "Bearer " + os.environ["SMS_KEY"], "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refusal:
        problem = json.load(refusal)
        sys.exit(f"{problem['code']}: {problem.get('detail') or problem['title']}")


# The words of the bulletin. Sent again, they are the same wording.
wording = ask("/v1/wordings", {
    "purpose": "marketing",
    "inUseFrom": "2026-01-01T00:00:00+01:00",
    "text": "Je consens à recevoir par SMS les offres de Maison Lumière. "
    "Je peux me désinscrire à tout moment en répondant STOP.",
})

# The yes, with the number of the bulletin that was signed.
recorded = ask("/v1/consents", {
    "phone": phone,
    "purpose": "marketing",
    "wordingId": wording["id"],
    "method": "paper",
    "grantedAt": "2026-03-04T10:00:00+01:00",
    "evidence": {"documentRef": bulletin},
})
print("consent recorded, sendable:", str(recorded["consents"][0]["sendable"]).lower())

# Somebody who says no at the till is left alone from this call on.
ask("/v1/consents/withdrawals", {"phone": phone, "purpose": "marketing", "channel": "counter"})
print("withdrawal recorded")
