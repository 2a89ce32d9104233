import { uuidV7 } from '../../../src/base/random.ts';
import type { Shop } from '../../people/import/shop.ts';
import type { Campaigning } from './campaigning.ts';

/** The messages of a year: in each month some large campaigns, and enough reminders to fill a page. */
const OLD = { months: 12, campaigns: 5, people: 2_000, series: 700, inDoubt: 100, answers: 3_000 };

const MONTH_MS = 30 * 86_400_000;

/** The key of a message. */
interface OldMessage {
  readonly batchId: string;
  readonly seq: number;
}

/** The messages of a year, by which tests look. */
export interface OldMonths {
  readonly accountId: string;
  /** Messages of many batches and months, one of each batch. */
  readonly inDoubt: readonly OldMessage[];
  readonly accepted: readonly OldMessage[];
  /** The batch of the acknowledgements. */
  readonly answers: string;
  /** Partitions that hold messages. */
  readonly partitions: readonly string[];
}

/** Fills a shop with the messages of a year, their calls, acknowledgements and tallies, and analyzes the tables. */
export async function oldMonths(world: Campaigning): Promise<OldMonths> {
  const { shop } = world;
  await shop.tamper(
    `INSERT INTO contact (id, tenant_id, phone_index, sealed, territory, time_zone, place_from, line_type, created_at, updated_at)
     SELECT uuidv7(), $1, sha256(n::text::bytea), '\\x00', 'FR', 'Europe/Paris', 'address', 'mobile', '2026-01-01', '2026-01-01' FROM generate_series(1, $2::int) n`,
    [shop.id, OLD.people],
  );
  const campaignId = await world.launched();
  const [campaign] = await shop.tamper('SELECT account_id AS id FROM campaign WHERE id = $1', [campaignId]);
  const accountId = String(campaign?.['id']);
  for (let ago = 0; ago < OLD.months; ago += 1) await aMonth(shop, campaignId, ago);
  await theirCalls(shop, accountId);
  const answers = await someAnswers(shop, accountId);
  await shop.tamper(
    'INSERT INTO tally (tenant_id, batch_id, state, reason, delta) SELECT tenant_id, batch_id, state, reason, count(*) FROM message GROUP BY 1, 2, 3, 4',
  );
  await shop.tamper('ANALYZE');
  const partitions = await shop.tamper('SELECT DISTINCT tableoid::regclass::text AS name FROM message');
  return {
    accountId,
    inDoubt: await ofSeries(shop, 'uncertain'),
    accepted: await ofSeries(shop, 'accepted'),
    answers,
    partitions: partitions.map(({ name }) => String(name)),
  };
}

/** Inserts the batches of campaigns and series of one month, with their messages. */
async function aMonth(shop: Shop, campaignId: string, ago: number): Promise<void> {
  const ms = Date.now() - ago * MONTH_MS;
  await shop.tamper('SELECT make_message_partitions($1::date, 1)', [new Date(ms).toISOString().slice(0, 10)]);
  const large = Array.from({ length: OLD.campaigns }, () => uuidV7(ms));
  const small = Array.from({ length: OLD.series }, () => uuidV7(ms));
  await shop.tamper(
    `INSERT INTO batch (id, tenant_id, kind, account_id, purpose, campaign_id, shard, series_id, territory, time_zone, size, state, created_at)
     SELECT u.id, tenant_id, 'campaign', account_id, purpose, c.id, $3::int * 100 + n, NULL::uuid, 'FR', 'Europe/Paris', 1, 'done', created_at
       FROM campaign c, unnest($1::uuid[]) WITH ORDINALITY u(id, n) WHERE c.id = $4
      UNION ALL
     SELECT u.id, tenant_id, 'series', account_id, 'appointments', NULL, NULL, uuidv7(), 'FR', 'Europe/Paris', 1, 'done', created_at
       FROM campaign c, unnest($2::uuid[]) u(id) WHERE c.id = $4`,
    [large, small, ago, campaignId],
  );
  await shop.tamper(
    `INSERT INTO message (batch_id, seq, tenant_id, contact_id, state, submission_id, accepted_at)
     SELECT u.id, c.n, $2, c.id, 'accepted', uuidv7(), now()
       FROM unnest($1::uuid[]) u(id), (SELECT row_number() OVER () AS n, id FROM contact WHERE tenant_id = $2) c`,
    [large, shop.id],
  );
  await shop.tamper(
    `INSERT INTO message (batch_id, seq, tenant_id, contact_id, state, reason, submission_id)
     SELECT u.id, 1000, $2, c.id, (CASE WHEN u.n <= $3::int THEN 'uncertain' ELSE 'accepted' END)::message_state, CASE WHEN u.n <= $3::int THEN 'TIMEOUT' END, uuidv7()
       FROM unnest($1::uuid[]) WITH ORDINALITY u(id, n) JOIN (SELECT row_number() OVER () AS n, id FROM contact WHERE tenant_id = $2) c USING (n)`,
    [small, shop.id, OLD.inDoubt],
  );
}

/** Inserts a call for each message and its acceptance; every fourth message has two parts. */
async function theirCalls(shop: Shop, accountId: string): Promise<void> {
  await shop.tamper(
    `INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, marked_at, body_digest, outcome, outcome_at)
     SELECT submission_id, tenant_id, $1, batch_id, 0, right(replace(submission_id::text, '-', ''), 20), 1, now(), 'x',
            CASE WHEN state = 'uncertain' THEN 'unknown' END, CASE WHEN state = 'uncertain' THEN now() END FROM message`,
    [accountId],
  );
  await shop.tamper(
    `INSERT INTO acceptance (account_id, gateway_id, recipient, tenant_id, batch_id, seq, submission_id, answered_at, part, parts)
     SELECT $1, CASE WHEN part = 1 THEN 'key:' ELSE '' END || submission_id, '', tenant_id, batch_id, seq, submission_id, now(), part, p.parts
       FROM message m, LATERAL (SELECT CASE WHEN m.seq % 4 = 0 THEN 2 ELSE 1 END AS parts) p, generate_series(1, p.parts) part
      WHERE state = 'accepted' OR p.parts > 1`,
    [accountId],
  );
}

/** Inserts acknowledgements, half of them ready and half expired; returns their batch. */
async function someAnswers(shop: Shop, accountId: string): Promise<string> {
  const batchId = uuidV7(Date.now() - MONTH_MS);
  await shop.tamper(
    `INSERT INTO batch (id, tenant_id, kind, account_id, purpose, territory, time_zone, created_at)
     VALUES ($1, $2, 'acknowledgements', $3, 'confirmation', 'FR', 'Europe/Paris', now())`,
    [batchId, shop.id, accountId],
  );
  await shop.tamper(
    `INSERT INTO acknowledgement (batch_id, seq, tenant_id, inbound_id, kind, phone_index, on_day, sealed, leave_before)
     SELECT $1, n, $2, uuidv7(), 'confirmation', sha256(n::text::bytea), '2026-01-01', 'x', '2026-01-02' FROM generate_series(1, $3::int) n`,
    [batchId, shop.id, OLD.answers],
  );
  await shop.tamper(
    `INSERT INTO message (batch_id, seq, tenant_id, state, reason, final_at)
     SELECT $1, n, $2, (CASE WHEN n % 2 = 0 THEN 'ready' ELSE 'expired' END)::message_state, CASE WHEN n % 2 = 1 THEN 'EXPIRE_AT' END, CASE WHEN n % 2 = 1 THEN '2026-01-02'::timestamptz END
       FROM generate_series(1, $3::int) n`,
    [batchId, shop.id, OLD.answers],
  );
  return batchId;
}

/** Returns messages in pseudo-random order, so that the first few come from many months. */
const ofSeries = async (shop: Shop, state: string): Promise<readonly OldMessage[]> =>
  (
    await shop.tamper(
      'SELECT m.batch_id AS batch, m.seq FROM message m JOIN batch b ON b.id = m.batch_id WHERE m.state = $1::message_state AND b.series_id IS NOT NULL ORDER BY md5(m.batch_id::text)',
      [state],
    )
  ).map(({ batch, seq }) => ({ batchId: String(batch), seq: Number(seq) }));
