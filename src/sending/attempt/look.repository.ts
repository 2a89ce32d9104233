import { barringText } from '../../people/index.ts';
import {
  byteaArray,
  plainArray,
  type Ledger,
  type Statement,
  JOURNAL_HOLDS,
  SUPPRESSIONS_UNREAD,
} from '../../platform/index.ts';
import { batchLock } from '../batch/batch-lock.ts';
import { capLock, OVER_CAP, type Cap } from './cap.repository.ts';
import type { Tariff } from '../accounts/account.ts';
import type { Ownership } from '../batch/own.repository.ts';

/** Stands for the contact of somebody known by number alone, or erased since. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** What a batch is a run of; each has a gate of its own. */
export type BatchKind = 'campaign' | 'series' | 'acknowledgements' | 'test';

/** One message about to be marked. */
export interface Candidate {
  readonly seq: number;
  /** Nil UUID where the person is known by number alone (an acknowledgement). */
  readonly contactId: string;
  /** Which number of the contact the text goes to; 0 where the person is known by number alone. */
  readonly numberVersion: number;
  readonly submissionId: string;
  readonly key: string;
  readonly parts: number;
  /** Parts that it is sent in, each with an id of its own; undefined where a message has one id. */
  readonly sentParts?: number | undefined;
  readonly encoding: string;
  readonly digest: Buffer;
  /** Decided before the look, as TEXT_CANNOT_RENDER; empty when it may leave. */
  readonly excludedBecause: string;
}

/** What must still be true at the mark. */
export interface Look {
  readonly kind: BatchKind;
  readonly purpose: string;
  readonly accountId: string;
  /** Whether the account is a fake: only then may people recorded under a moved clock be written to. */
  readonly fake: boolean;
  readonly decisionId: string | null;
  readonly territory: string;
  readonly timeZone: string;
  /** ISO instants of the law clock: now, and when the verdict or the message ends. */
  readonly lawNow: string;
  readonly until: string;
  /** Epoch milliseconds of this host, compared with PostgreSQL's. */
  readonly machineMs: number;
  readonly clockRevision: number;
  /** Revision of the campaign or series that the texts were made from. */
  readonly revision: number;
  /** What one part of it costs, kept with the submission. */
  readonly tariff?: Tariff | undefined;
  /** Decimal price of one part, where what is marked is charged to the batch. */
  readonly price: string | null;
  /** Whether the charge must fit into what the batch reserved. */
  readonly budgeted: boolean;
  /** The tenant's cap on advertising to one person, if it set one. */
  readonly cap?: Cap | null | undefined;
  /** False where the tenant had one brand at most: agreements are not compared with it while that is so. */
  readonly hasSeveralBrands?: boolean | undefined;
}

/** Rows taken, by seq; those neither taken nor excluded were held back by the gate or moved place. */
export interface Marked {
  readonly taken: ReadonlySet<number>;
  readonly excluded: number;
}

/**
 * Looks a last time and marks, one transaction in one write: a submission begins when this takes its snapshot.
 *
 * The shared lock stands in a statement of its own: the marking statement then has a later snapshot.
 */
export async function lookAndMark(
  ledger: Ledger,
  ownership: Ownership,
  asked: { readonly look: Look; readonly candidates: readonly Candidate[] },
): Promise<Marked> {
  const long = asked.candidates.filter(({ parts, sentParts = 1 }) => parts > 1 || sentParts > 1);
  const locks = [
    sharedLock(ownership.batchId),
    ...(asked.look.price === null ? [] : [purseLock(ownership.batchId)]),
    ...(isCapped(asked.look) ? [capLock(ownership.tenantId)] : []),
  ];
  const answers = await ledger.mark(ownership.tenantId, [
    ...locks,
    // All who write messages of a batch do so in the order of seq.
    mark(
      ownership,
      asked.look,
      asked.candidates.toSorted((one, other) => one.seq - other.seq),
    ),
    ...(long.some(({ sentParts }) => sentParts !== undefined) ? [noteSentParts(long)] : []),
  ]);
  const row = answers[locks.length]?.[0] ?? {};
  return { taken: new Set(numbers(row['taken'])), excluded: Number(row['excluded'] ?? 0) };
}

/** Whoever owns the batch next waits for this transaction. */
export const sharedLock = (batchId: string): Statement => ({
  name: 'mark_lock',
  text: 'SELECT pg_advisory_xact_lock_shared($1)',
  values: [batchLock(batchId)],
});

const isCapped = ({ kind, cap }: Look): boolean =>
  (kind === 'campaign' || kind === 'test') &&
  (typeof cap?.perDay === 'number' || typeof cap?.perMonth === 'number');

/** How many receipts of a long text are to come must be known before it leaves: its answer may be lost. */
const noteSentParts = (long: readonly Candidate[]): Statement => ({
  name: 'mark_sent_parts',
  text: `
    UPDATE submission s SET sent_parts = a.parts FROM unnest($1::uuid[], $2::smallint[]) AS a(id, parts)
     WHERE s.id = a.id`,
  values: [
    plainArray(long.map(({ submissionId }) => submissionId)),
    plainArray(long.map(({ sentParts }) => sentParts ?? 'NULL')),
  ],
});

/** Two marks of one batch must not both spend what it reserved. */
const purseLock = (batchId: string): Statement => ({
  name: 'mark_purse',
  text: 'SELECT 1 FROM batch WHERE id = $1::uuid FOR NO KEY UPDATE',
  values: [batchId],
});

/** The numbers of an array as PostgreSQL writes it. */
export const numbers = (array: unknown): number[] =>
  typeof array === 'string' && array.length > 2 ? array.slice(1, -1).split(',').map(Number) : [];

function mark(ownership: Ownership, look: Look, candidates: readonly Candidate[]): Statement {
  const asked = { capped: isCapped(look), brands: look.hasSeveralBrands !== false };
  const name = `mark_${look.kind}${asked.capped ? '_capped' : ''}${asked.brands ? '_brands' : ''}`;
  const text = TEXTS.get(name) ?? markStatement(look.kind, asked);
  TEXTS.set(name, text);
  const caps = asked.capped ? [look.cap?.perDay ?? null, look.cap?.perMonth ?? null] : [];
  return { name, text, values: [...lookValues(ownership, look, candidates), ...costValues(look), ...caps] };
}

/** What a part costs, in which currency, to numbers of which territory: kept with each submission. */
const costValues = ({ tariff, price }: Look): unknown[] => [
  tariff?.price?.perPart ?? price,
  tariff?.price?.currency ?? null,
  tariff?.territory ?? null,
];

/** What has to be asked of each person besides: nobody else pays for the counting and comparing. */
interface Besides {
  readonly capped: boolean;
  readonly brands: boolean;
}

/** Statements of the mark by name, each written once. */
const TEXTS = new Map<string, string>();

/** What `gateOf` and `askedOf` are asked with, from `$1` on. */
export function lookValues(ownership: Ownership, look: Look, candidates: readonly Candidate[]): unknown[] {
  return [
    ownership.batchId,
    ownership.epoch,
    plainArray(candidates.map(({ seq }) => seq)),
    plainArray(candidates.map(({ contactId }) => contactId)),
    plainArray(candidates.map(({ submissionId }) => submissionId)),
    plainArray(candidates.map(({ key }) => key)),
    plainArray(candidates.map(({ parts }) => parts)),
    byteaArray(candidates.map(({ digest }) => digest)),
    ownership.tenantId,
    look.accountId,
    look.decisionId,
    look.lawNow,
    look.until,
    look.revision,
    look.clockRevision,
    look.purpose,
    look.territory,
    look.timeZone,
    look.machineMs,
    look.fake,
    plainArray(candidates.map(({ excludedBecause }) => excludedBecause)),
    plainArray(candidates.map(({ encoding }) => encoding)),
    look.price,
    look.budgeted,
    plainArray(candidates.map(({ numberVersion }) => numberVersion)),
  ];
}

/** What closes every gate: the batch, the tenant, the account, the instance, the clock, a journal not drained. */
const OPEN_GATES = `
  b.state = 'open' AND NOT t.halted AND NOT g.halted AND NOT i.sealed AND NOT i.moving AND NOT ${JOURNAL_HOLDS}
  AND (SELECT true FROM gateway_halt h WHERE h.tenant_id = b.tenant_id AND h.account_id = g.id LIMIT 1) IS NULL`;

/**
 * The event that a series' next message speaks of: the one that was told, where a correction is under way.
 *
 * The row's own may lie in the past: an appointment that is moved there and then cancelled was told for later.
 */
export const SPOKEN_EVENT = `coalesce((SELECT p.event_at FROM reminder_step p WHERE p.series_id = s.id
  AND p.revision = s.correction_seq / 1000 AND p.position = s.correction_seq % 1000), s.event_at)`;

/** What closes that of one kind: its order, and a list of people to leave alone that nobody has read yet. */
const ORDER_STANDS: Record<BatchKind, { join: string; where: string }> = {
  campaign: {
    join: 'JOIN campaign p ON p.id = b.campaign_id',
    where: `p.status = 'running' AND p.revision = $14::int AND ${SUPPRESSIONS_UNREAD} IS NULL`,
  },
  test: {
    join: 'JOIN campaign p ON p.id = b.test_of',
    where: `p.status IN ('draft', 'scheduled', 'running') AND p.revision = $14::int AND ${SUPPRESSIONS_UNREAD} IS NULL`,
  },
  acknowledgements: { join: '', where: '$14::int >= 0' },
  series: {
    join: 'JOIN reminder_series s ON s.id = b.series_id',
    where: `${SPOKEN_EVENT} > $12::timestamptz AND ${SUPPRESSIONS_UNREAD} IS NULL
      AND (s.state = 'open' AND s.revision = $14::int OR s.state IN ('open', 'cancelled', 'superseded') AND s.correction_seq = ALL ($3::int[]))`,
  },
};

/** The brand of the campaign that is sent, or tried on somebody. */
const BRAND_OF_BATCH = `
  (SELECT p.brand_id FROM batch b JOIN campaign p ON p.id = coalesce(b.campaign_id, b.test_of) WHERE b.id = $1::uuid)`;

/** Where agreements are not compared with brands, a second one closes the gate. */
const ONE_BRAND = `
         AND ($16::text <> 'marketing' OR (SELECT count(*) <= 1 FROM brand))`;

const personOf = (brands: boolean): string => `
  CASE WHEN a.excluded_because <> '' THEN a.excluded_because
       ${barringText({
         at: '$12::timestamptz',
         purpose: '$16::text',
         fake: '$20::boolean',
         tenant: '$9::uuid',
         brand: brands ? BRAND_OF_BATCH : undefined,
       })}`;

/** Last of all: whoever is left would have been sent to. */
const SHADOW = `
       WHEN (SELECT t.shadow FROM tenant t WHERE t.id = $9::uuid) THEN 'SHADOW'`;

/** Whoever wrote to us is answered; a code does not go where everything was stopped. */
const ANYBODY = `
  CASE WHEN a.excluded_because <> '' THEN a.excluded_because
       WHEN (SELECT true FROM acknowledgement y JOIN suppression x ON x.tenant_id = $9::uuid AND x.phone_index = y.phone_index
                AND x.lifted_at IS NULL AND x.scope = 'all'
              WHERE y.batch_id = $1::uuid AND y.seq = a.seq AND y.kind = 'confirmation' LIMIT 1) THEN 'SUPPRESSED'`;

/** A code that is late does not leave: it is ended by whoever sends next. */
const IN_TIME = `
         AND coalesce((SELECT y.leave_before FROM acknowledgement y WHERE y.batch_id = $1::uuid AND y.seq = a.seq), 'infinity') > $12::timestamptz`;

/** One row while the gate is open for this batch and its order. */
export function gateOf(kind: BatchKind, brands = true): string {
  const { join, where } = ORDER_STANDS[kind];
  return `
      SELECT 1 FROM batch b JOIN tenant t ON t.id = b.tenant_id JOIN gateway_account g ON g.id = $10::uuid CROSS JOIN instance i ${join}
       WHERE b.id = $1::uuid AND b.epoch = $2::int AND ${OPEN_GATES} AND i.clock_revision = $15::int
         AND abs(extract(epoch FROM clock_timestamp()) * 1000 - $19::float8) <= 2000
         AND $12::timestamptz + greatest(clock_timestamp() - to_timestamp($19::float8 / 1000), interval '0') < $13::timestamptz
         AND (NOT $24::boolean OR b.reserved >= $23::numeric * (SELECT coalesce(sum(p), 0) FROM unnest($7::int[]) p))
         AND ${where}${brands ? '' : ONE_BRAND}`;
}

/** The people asked for, each with the reason for which nothing may be sent, if there is one. */
export function askedOf(
  kind: BatchKind,
  { capped, brands }: Besides = { capped: false, brands: true },
): string {
  const answersAPerson = kind === 'acknowledgements';
  return `
      SELECT a.*, ${answersAPerson ? '$17::text AS territory, $18::text AS time_zone, a.made_for AS number_version' : 'c.territory, c.time_zone, c.number_version'},
             ${answersAPerson ? ANYBODY : `${personOf(brands)}${capped ? OVER_CAP : ''}`}${SHADOW} END AS why
        FROM unnest($3::int[], $4::uuid[], $5::uuid[], $6::text[], $7::int[], $8::bytea[], $21::text[], $22::text[], $25::int[])
          AS a(seq, contact_id, submission_id, key, parts, digest, excluded_because, encoding, made_for)
        ${answersAPerson ? '' : 'LEFT JOIN contact c ON c.id = a.contact_id LEFT JOIN consent k ON k.contact_id = a.contact_id AND k.purpose = $16::text'}
       WHERE $16::text <> '' AND $20::boolean IS NOT NULL`;
}

/** Whether the row is still for that person, in that place, at that number. */
export function stillTheirs(kind: BatchKind): string {
  return `
         ${kind === 'acknowledgements' ? IN_TIME : `AND coalesce(m.contact_id, '${NOBODY}') = a.contact_id`}
         AND (a.why IS NOT NULL OR a.territory = $17::text AND a.time_zone = $18::text AND a.number_version = a.made_for)`;
}

/** One statement: the gate, each person once more, the mark, the submission and the tally. */
function markStatement(kind: BatchKind, besides: Besides): string {
  return `
    WITH gate AS MATERIALIZED (${gateOf(kind, besides.brands)}),
    asked AS MATERIALIZED (${askedOf(kind, besides)}),
    marked AS (
      UPDATE message m
         SET state = CASE WHEN a.why IS NULL THEN 'submitting'::message_state ELSE 'excluded' END, reason = a.why,
             submission_id = CASE WHEN a.why IS NULL THEN a.submission_id END,
             parts = a.parts, encoding = a.encoding, digest = a.digest, not_before = NULL,
             final_at = CASE WHEN a.why IS NOT NULL THEN $12::timestamptz END
        FROM asked a, gate
       WHERE m.batch_id = $1::uuid AND m.seq = a.seq AND m.state = 'ready'
         ${stillTheirs(kind)}
      RETURNING m.seq, m.state, m.reason, m.submission_id, a.key, m.digest, m.parts),
    charged AS (
      UPDATE batch b SET spent = b.spent + c.parts * $23::numeric,
             reserved = b.reserved - CASE WHEN $24::boolean THEN c.parts * $23::numeric ELSE 0 END
        FROM (SELECT sum(parts) AS parts FROM marked WHERE state = 'submitting') c
       WHERE b.id = $1::uuid AND $23::numeric IS NOT NULL AND c.parts > 0),
    written AS (
      INSERT INTO submission (id, tenant_id, account_id, batch_id, epoch, key, messages, decision_id, marked_at, body_digest, price, currency, territory, law_at)
      SELECT submission_id, $9::uuid, $10::uuid, $1::uuid, $2::int, min(key), count(*), $11::uuid, clock_timestamp(), min(digest), coalesce($26::numeric, 0), $27::text, $28::text, $12::timestamptz
        FROM marked WHERE state = 'submitting' GROUP BY submission_id),
    counted AS (
      INSERT INTO tally (tenant_id, batch_id, state, reason, delta)
      SELECT $9::uuid, $1::uuid, state, reason, count(*) FROM marked GROUP BY state, reason
      UNION ALL SELECT $9::uuid, $1::uuid, 'ready'::message_state, NULL, -count(*) FROM marked HAVING count(*) > 0)
    SELECT coalesce(array_agg(seq) FILTER (WHERE state = 'submitting'), '{}')::text AS taken,
           count(*) FILTER (WHERE state = 'excluded')::int AS excluded FROM marked`;
}
