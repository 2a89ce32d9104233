<?php
// Usage: SMS_URL=http://localhost:8080 SMS_KEY=… php agenda.php AG-23 "06 39 98 00 33"
[, $id, $phone] = $argv;

function ask(string $method, string $path, ?array $body = null): array
{
    $answer = file_get_contents(getenv('SMS_URL') . $path, false, stream_context_create(['http' => [
        'method' => $method,
        'header' => ['Authorization: Bearer ' . getenv('SMS_KEY'), 'Content-Type: application/json'],
        'content' => $body === null ? '' : json_encode($body, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
        'timeout' => 30,
    ]]));
    $read = $answer === '' ? [] : json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
    if (isset($read['code'])) {
        fwrite(STDERR, $read['code'] . ': ' . ($read['detail'] ?? $read['title']) . "\n");
        exit(1);
    }
    return $read;
}

// The practice, once; sent again it stays as it is.
ask('PUT', '/v1/practices/tilleuls', [
    'name' => 'Cabinet des Tilleuls',
    'sender' => 'TILLEULS',
    'phone' => '01 99 00 12 35',
    'address' => '12 rue des Tilleuls',
    'timeZone' => 'Europe/Paris',
]);

// Booking, and moving, are the same call.
$book = fn (string $startsAt): string => ask('PUT', '/v1/appointments/' . rawurlencode($id), [
    'contact' => ['phone' => $phone],
    'practice' => 'tilleuls',
    'startsAt' => $startsAt,
    'reminders' => ['P2D'],
    'consent' => [
        'method' => 'paper',
        'grantedAt' => '2026-11-02T10:00',
        'wording' => 'J’accepte de recevoir par SMS les rappels de mes rendez-vous '
            . 'au Cabinet des Tilleuls. Je peux arrêter à tout moment.',
    ],
])['steps'][0]['plannedAt'];
echo 'booked, reminder planned for ', $book('2028-05-16T10:30'), "\n";
echo 'moved, reminder planned for ', $book('2028-05-18T15:00'), "\n";

// Cancelling ends the reminders; the second time changes nothing.
ask('DELETE', '/v1/appointments/' . rawurlencode($id));
echo "cancelled\n";
