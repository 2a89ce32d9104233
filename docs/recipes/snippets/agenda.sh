#!/bin/sh
# Usage: SMS_URL=http://localhost:8080 SMS_KEY=… sh agenda.sh AG-21 "06 39 98 00 31"
set -eu
id=$1 phone=$2

ask() {
  curl --silent --show-error --fail-with-body -X "$1" "$SMS_URL$2" \
    -H "Authorization: Bearer $SMS_KEY" -H 'Content-Type: application/json' -d "${3:-}"
}
planned() { grep -o '"plannedAt":"[^"]*' | head -1 | cut -d'"' -f4; }

# The practice, once; sent again it stays as it is.
ask PUT /v1/practices/tilleuls '{
  "name": "Cabinet des Tilleuls", "sender": "TILLEULS", "phone": "01 99 00 12 35",
  "address": "12 rue des Tilleuls", "timeZone": "Europe/Paris" }' > /dev/null

# Booking, and moving, are the same call.
book() {
  ask PUT "/v1/appointments/$id" '{
    "contact": { "phone": "'"$phone"'" }, "practice": "tilleuls", "startsAt": "'"$1"'", "reminders": ["P2D"],
    "consent": { "method": "paper", "grantedAt": "2026-11-02T10:00",
      "wording": "J’accepte de recevoir par SMS les rappels de mes rendez-vous au Cabinet des Tilleuls. Je peux arrêter à tout moment." } }'
}
echo "booked, reminder planned for $(book 2028-05-16T10:30 | planned)"
echo "moved, reminder planned for $(book 2028-05-18T15:00 | planned)"

# Cancelling ends the reminders; the second time changes nothing.
ask DELETE "/v1/appointments/$id"
echo "cancelled"
