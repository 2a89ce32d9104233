import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { takeReply } from '../../../src/sending/replies/take-reply.ts';
import { ShiftedClock } from '../../support/law-clock.ts';
import { anOperator } from '../../support/operator.ts';
import { aSendWorld } from '../../support/send-world.ts';

const clock = new ShiftedClock();
let last = 39_980_300;

const world = await aSendWorld(await anOperator(clock), clock);

type State = 'accepted' | 'delivered' | 'submitting' | 'uncertain';

/** A message of a purpose, and the hour of its mark. */
interface Sent {
  readonly purpose: string;
  readonly state: State;
  readonly hour: string;
  readonly ticket?: string;
}

const sent = (purpose: string, state: State, hour: string, ticket?: string): Sent => ({
  purpose,
  state,
  hour,
  ...(ticket !== undefined && { ticket }),
});

/** A person to whom these messages were sent. */
async function personWith(messages: readonly Sent[]): Promise<string> {
  const phone = `+336${(last += 1)}`;
  const contactId = randomUUID();
  await world.query(
    `INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
     VALUES ($1, $2, $3, '\\x00', 'FR', 'Europe/Paris', 'address', 'mobile', '2026-01-01', '2026-01-01')`,
    [contactId, world.tenantId, world.keys.phoneIndex(phone)],
  );
  for (const message of messages) await send(contactId, message);
  return phone;
}

async function send(contactId: string, { purpose, state, hour, ticket }: Sent): Promise<void> {
  const [batchId, submissionId] = [world.newId(), world.newId()];
  const at = `2026-11-24T${hour}:00+01:00`;
  const isSure = state === 'accepted' || state === 'delivered';
  await world.query(
    `INSERT INTO batch (id, tenant_id, kind, account_id, purpose, series_id, territory, time_zone, size, created_at)
     VALUES ($1, $2, 'series', $3, $4, gen_random_uuid(), 'FR', 'Europe/Paris', 1, $5)`,
    [batchId, world.tenantId, world.accountId, purpose, at],
  );
  await world.query(
    `INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, law_at, body_digest)
     VALUES ($1, $2, $3, $4, 1, $5, 1, now(), $6, '\\x00')`,
    [submissionId, world.tenantId, world.accountId, batchId, submissionId.slice(-12), at],
  );
  await world.query(
    `INSERT INTO message (batch_id, seq, tenant_id, contact_id, state, reason, submission_id, accepted_at)
     VALUES ($1, 0, $2, $3, $4, $5, $6, $7)`,
    [batchId, world.tenantId, contactId, state, isSure ? null : 'TIMEOUT', submissionId, isSure ? at : null],
  );
  if (ticket === undefined) return;
  await world.query(
    `INSERT INTO acceptance (account_id, gateway_id, tenant_id, batch_id, seq, submission_id, answered_at)
     VALUES ($1, $2, $3, $4, 0, $5, $6)`,
    [world.accountId, ticket, world.tenantId, batchId, submissionId, at],
  );
}

/** What a STOP of a person suppresses. */
async function scopesAfterStop(from: string, ticket?: string): Promise<unknown[]> {
  const event = { kind: 'reply' as const, identity: randomUUID(), from, to: '36180', text: 'STOP' };
  await takeReply(
    world,
    { id: world.accountId, acknowledgesStop: false },
    {
      event: { ...event, ...(ticket !== undefined && { ticket }) },
      id: world.newId(),
      receivedAt: clock.now().toISO(),
      simulated: true,
    },
  );
  const rows = await world.query('SELECT scope FROM suppression WHERE phone_index = $1 ORDER BY scope', [
    world.keys.phoneIndex(from),
  ]);
  return rows.map(({ scope }) => scope);
}

const BOTH = ['appointment', 'marketing'];
const ADVERTISING = ['marketing'];

describe('a STOP answers', () => {
  it.each<[string, readonly Sent[], readonly string[]]>([
    ...(['submitting', 'uncertain'] as const).map((state): [string, readonly Sent[], readonly string[]] => [
      `a later reminder that is ${state}`,
      [sent('marketing', 'accepted', '09:00'), sent('appointment', state, '09:30')],
      BOTH,
    ]),
    [
      'the reminder before an uncertain campaign too',
      [sent('appointment', 'delivered', '09:00'), sent('marketing', 'uncertain', '09:30')],
      BOTH,
    ],
    [
      'every message in doubt since the last',
      [
        sent('marketing', 'accepted', '09:00'),
        sent('appointment', 'uncertain', '09:20'),
        sent('payment', 'submitting', '09:30'),
      ],
      [...BOTH, 'payment'],
    ],
    [
      'no doubt from before the last',
      [sent('appointment', 'uncertain', '08:00'), sent('marketing', 'accepted', '09:00')],
      ADVERTISING,
    ],
    [
      'the last of several that are sure',
      [sent('appointment', 'accepted', '08:00'), sent('marketing', 'accepted', '09:00')],
      ADVERTISING,
    ],
  ])('%s', async (_, messages, scopes) => {
    expect(await scopesAfterStop(await personWith(messages))).toEqual(scopes);
  });
});

describe('a STOP with an operator’s ticket answers', () => {
  it.each<[string, readonly Sent[], readonly string[]]>([
    [
      'an earlier reminder, by its ticket',
      [sent('appointment', 'accepted', '09:00', 'T-1'), sent('marketing', 'accepted', '09:05', 'T-2')],
      BOTH,
    ],
    [
      'the campaign alone, by its ticket',
      [sent('marketing', 'accepted', '09:00', 'T-3'), sent('appointment', 'accepted', '09:05', 'T-4')],
      ADVERTISING,
    ],
    [
      'a doubt since that message too',
      [sent('marketing', 'accepted', '09:00', 'T-5'), sent('appointment', 'uncertain', '09:05')],
      BOTH,
    ],
  ])('%s', async (_, messages, scopes) => {
    const from = await personWith(messages);
    expect(await scopesAfterStop(from, messages[0]?.ticket)).toEqual(scopes);
  });

  it('its last message where another’s ticket came', async () => {
    await personWith([sent('appointment', 'accepted', '09:00', 'T-6')]);
    const from = await personWith([sent('marketing', 'accepted', '09:05')]);
    expect(await scopesAfterStop(from, 'T-6')).toEqual(ADVERTISING);
  });
});
