<?php
// Usage: SMS_URL=http://localhost:8080 SMS_KEY=… php till.php "06 39 98 00 23" BULL-2603-0023
[, $phone, $bulletin] = $argv;

function ask(string $path, array $body): array
{
    $answer = file_get_contents(getenv('SMS_URL') . $path, false, stream_context_create(['http' => [
        'method' => 'POST',
        'header' => ['Authorization: Bearer ' . getenv('SMS_KEY'), 'Content-Type: application/json'],
        'content' => json_encode($body, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
        'timeout' => 30,
    ]]));
    $read = json_decode($answer, true, 512, JSON_THROW_ON_ERROR);
    if (isset($read['code'])) {
        fwrite(STDERR, $read['code'] . ': ' . ($read['detail'] ?? $read['title']) . "\n");
        exit(1);
    }
    return $read;
}

// The words of the bulletin. Sent again, they are the same wording.
$wording = ask('/v1/wordings', [
    'purpose' => 'marketing',
    'inUseFrom' => '2026-01-01T00:00:00+01:00',
    'text' => 'Je consens à recevoir par SMS les offres de Maison Lumière. '
        . 'Je peux me désinscrire à tout moment en répondant STOP.',
]);

// The yes, with the number of the bulletin that was signed.
$recorded = ask('/v1/consents', [
    'phone' => $phone,
    'purpose' => 'marketing',
    'wordingId' => $wording['id'],
    'method' => 'paper',
    'grantedAt' => '2026-03-04T10:00:00+01:00',
    'evidence' => ['documentRef' => $bulletin],
]);
echo 'consent recorded, sendable: ', json_encode($recorded['consents'][0]['sendable']), "\n";

// Somebody who says no at the till is left alone from this call on.
ask('/v1/consents/withdrawals', ['phone' => $phone, 'purpose' => 'marketing', 'channel' => 'counter']);
echo "withdrawal recorded\n";
