#!/bin/sh
# Usage: SMS_URL=http://localhost:8080 SMS_KEY=… sh till.sh "06 39 98 00 21" BULL-2603-0021
set -eu
phone=$1 bulletin=$2

ask() {
  curl --silent --show-error --fail-with-body -X POST "$SMS_URL$1" \
    -H "Authorization: Bearer $SMS_KEY" -H 'Content-Type: application/json' -d "$2"
}
field() { grep -o "\"$1\":\"*[^,\"}]*" | head -1 | sed 's/.*:"*//'; }

# The words of the bulletin. Sent again, they are the same wording.
wording=$(ask /v1/wordings '{
  "purpose": "marketing", "inUseFrom": "2026-01-01T00:00:00+01:00",
  "text": "Je consens à recevoir par SMS les offres de Maison Lumière. Je peux me désinscrire à tout moment en répondant STOP." }' | field id)

# The yes, with the number of the bulletin that was signed.
sendable=$(ask /v1/consents '{
  "phone": "'"$phone"'", "purpose": "marketing", "wordingId": "'"$wording"'", "method": "paper",
  "grantedAt": "2026-03-04T10:00:00+01:00", "evidence": { "documentRef": "'"$bulletin"'" } }' | field sendable)
echo "consent recorded, sendable: $sendable"

# Somebody who says no at the till is left alone from this call on.
ask /v1/consents/withdrawals '{ "phone": "'"$phone"'", "purpose": "marketing", "channel": "counter" }' > /dev/null
echo "withdrawal recorded"
