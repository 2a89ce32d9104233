import { exclusionCaseText } from '../../people/index.ts';
import { clockColumn } from '../../person/index.ts';
import {
  byteaArray,
  plainArray,
  type Ledger,
  type Statement,
  JOURNAL_HOLDS,
  SUPPRESSIONS_UNREAD,
} from '../../platform/index.ts';
import { batchLock, type Ownership } from '../batch/own.repository.ts';
import type { Tariff } from '../accounts/account.ts';

/** The contact id of a person known by number alone, or erased since. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** The kinds of batches; each has its own conditions at the mark. */
export type BatchKind = 'campaign' | 'series' | 'acknowledgements' | 'test';

export interface MarkCandidate {
  readonly seq: number;
  /** Nil UUID where the person is known by number alone (an acknowledgement). */
  readonly contactId: string;
  /** The version of the contact's number in the text; 0 where the person is known by number alone. */
  readonly numberVersion: number;
  readonly submissionId: string;
  readonly key: string;
  readonly parts: number;
  /** Count of parts, each with an id of its own; undefined where a message has one id. */
  readonly sentParts?: number | undefined;
  readonly encoding: string;
  readonly digest: Buffer;
  /** The reason found before the look, as TEXT_CANNOT_RENDER; empty when it may be sent. */
  readonly excludedBecause: string;
}

/** The conditions that must still hold at the mark. */
export interface MarkLook {
  readonly kind: BatchKind;
  readonly purpose: string;
  readonly accountId: string;
  /** True when the account is a fake: only a fake sends to people recorded under a moved clock. */
  readonly fake: boolean;
  readonly decisionId: string | null;
  readonly territory: string;
  readonly timeZone: string;
  /** ISO instants of the law clock: now, and the end of the verdict or the message. */
  readonly lawNow: string;
  readonly until: string;
  /** Epoch milliseconds of this host, for comparison with PostgreSQL's. */
  readonly machineMs: number;
  readonly clockRevision: number;
  /** Revision of the campaign or series behind the texts. */
  readonly revision: number;
  /** The price of one part, kept with the submission. */
  readonly tariff?: Tariff | undefined;
  /** Decimal price of one part, where the batch is charged. */
  readonly price: string | null;
  /** True when the charge must fit into the batch's reservation. */
  readonly budgeted: boolean;
  /** The tenant's cap on advertising to one person, if it has one. */
  readonly cap?: Cap | null | undefined;
  /** False where the tenant had one brand at most: agreements are not compared with it while that is so. */
  readonly hasSeveralBrands?: boolean | undefined;
}

/**
 * Looks a last time and marks, one transaction in one write: a submission begins when this takes its snapshot. The
 * shared lock is a statement of its own: the marking statement then has a later snapshot. Returns the rows taken, by
 * seq, and the count of excluded ones; the others were held back by the gate or changed place.
 */
export async function lookAndMark(
  ledger: Ledger,
  ownership: Ownership,
  { look, candidates }: { readonly look: MarkLook; readonly candidates: readonly MarkCandidate[] },
): Promise<{ readonly taken: ReadonlySet<number>; readonly excluded: number }> {
  const long = candidates.filter(({ parts, sentParts = 1 }) => parts > 1 || sentParts > 1);
  const locks = [
    sharedLock(ownership.batchId),
    ...(look.price === null ? [] : [budgetLock(ownership.batchId)]),
    ...(isCapped(look) ? [capLock(ownership.tenantId)] : []),
  ];
  const answers = await ledger.mark(ownership.tenantId, [
    ...locks,
    // All writers of a batch's messages write in the order of seq.
    mark(
      ownership,
      look,
      candidates.toSorted((one, other) => one.seq - other.seq),
    ),
    ...(long.some(({ sentParts }) => sentParts !== undefined) ? [noteSentParts(long)] : []),
  ]);
  const row = answers[locks.length]?.[0] ?? {};
  return { taken: new Set(numbers(row['taken'])), excluded: Number(row['excluded'] ?? 0) };
}

/** Takes the lock of a batch in shared mode, so that its next owner waits for this transaction. */
export const sharedLock = (batchId: string): Statement => ({
  name: 'mark_lock',
  text: 'SELECT pg_advisory_xact_lock_shared($1)',
  values: [batchLock(batchId)],
});

const isCapped = ({ kind, cap }: MarkLook): boolean =>
  (kind === 'campaign' || kind === 'test') &&
  (typeof cap?.perDay === 'number' || typeof cap?.perMonth === 'number');

/** Stores the number of receipts to expect for long texts before they are sent, since their answers may be lost. */
const noteSentParts = (long: readonly MarkCandidate[]): Statement => ({
  name: 'mark_sent_parts',
  text: `
    UPDATE submission s SET sent_parts = a.parts FROM unnest($1::uuid[], $2::smallint[]) AS a(id, parts)
     WHERE s.id = a.id`,
  values: [
    plainArray(long.map(({ submissionId }) => submissionId)),
    plainArray(long.map(({ sentParts }) => sentParts ?? 'NULL')),
  ],
});

/** Locks the reservation, so that two marks of one batch do not both spend it. */
const budgetLock = (batchId: string): Statement => ({
  name: 'mark_budget',
  text: 'SELECT 1 FROM batch WHERE id = $1::uuid FOR NO KEY UPDATE',
  values: [batchId],
});

export const numbers = (array: unknown): number[] =>
  typeof array === 'string' && array.length > 2 ? array.slice(1, -1).split(',').map(Number) : [];

function mark(ownership: Ownership, look: MarkLook, candidates: readonly MarkCandidate[]): Statement {
  const checks = { capped: isCapped(look), brands: look.hasSeveralBrands !== false };
  const name = `mark_${look.kind}${checks.capped ? '_capped' : ''}${checks.brands ? '_brands' : ''}`;
  const text = TEXTS.get(name) ?? markStatement(look.kind, checks);
  TEXTS.set(name, text);
  const caps = checks.capped ? [look.cap?.perDay ?? null, look.cap?.perMonth ?? null] : [];
  return { name, text, values: [...lookValues(ownership, look, candidates), ...costValues(look), ...caps] };
}

/**
 * Returns what is kept with each submission: the price of a part, its currency, and the territory of the numbers.
 */
const costValues = ({ tariff, price }: MarkLook): unknown[] => [
  tariff?.price?.perPart ?? price,
  tariff?.price?.currency ?? null,
  tariff?.territory ?? null,
];

/** Optional checks per person: a look that does not need them skips their counts and comparisons. */
interface OptionalChecks {
  readonly capped: boolean;
  readonly brands: boolean;
}

/** Statements of the mark by name, each built once. */
const TEXTS = new Map<string, string>();

/** Builds the parameters of `gateOf` and `askedOf`, from `$1` on. */
export function lookValues(
  ownership: Ownership,
  look: MarkLook,
  candidates: readonly MarkCandidate[],
): unknown[] {
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

/** The conditions for every kind of batch: nothing is halted or sealed, and no journal waits to be drained. */
const OPEN_GATES = `
  b.state = 'open' AND NOT t.halted AND NOT g.halted AND NOT i.sealed AND NOT i.moving AND NOT ${JOURNAL_HOLDS}
  AND (SELECT true FROM gateway_halt h WHERE h.tenant_id = b.tenant_id AND h.account_id = g.id LIMIT 1) IS NULL`;

/**
 * The event that a series' next message names: the one already announced, where a correction is under way. The
 * row's own may lie in the past: an appointment that is moved there and then cancelled was announced for later.
 */
export const STATED_EVENT = `coalesce((SELECT p.event_at FROM reminder_step p WHERE p.series_id = s.id
  AND p.revision = s.correction_seq / 1000 AND p.position = s.correction_seq % 1000), s.event_at)`;

/** The further conditions of each kind: its order still stands, and no suppression list waits to be read. */
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
    where: `${STATED_EVENT} > $12::timestamptz AND ${SUPPRESSIONS_UNREAD} IS NULL
      AND (s.state = 'open' AND s.revision = $14::int OR s.state IN ('open', 'cancelled', 'superseded') AND s.correction_seq = ALL ($3::int[]))`,
  },
};

/** The brand of the campaign that is sent, or tried on somebody. */
const BRAND_OF_BATCH = `
  (SELECT p.brand_id FROM batch b JOIN campaign p ON p.id = coalesce(b.campaign_id, b.test_of) WHERE b.id = $1::uuid)`;

/**
 * Closes the gate for advertising once a tenant has a second brand, where agreements are not compared with brands.
 */
const ONE_BRAND = `
         AND ($16::text <> 'marketing' OR (SELECT count(*) <= 1 FROM brand))`;

const personOf = (brands: boolean): string => `
  CASE WHEN a.excluded_because <> '' THEN a.excluded_because
       ${exclusionCaseText({
         at: '$12::timestamptz',
         purpose: '$16::text',
         fake: '$20::boolean',
         tenant: '$9::uuid',
         brand: brands ? BRAND_OF_BATCH : undefined,
       })}`;

/**
 * Excludes messages of a tenant in shadow mode. It is checked last, so that it marks exactly those that would have
 * been sent.
 */
const SHADOW = `
       WHEN (SELECT t.shadow FROM tenant t WHERE t.id = $9::uuid) THEN 'SHADOW'`;

/** Excludes nobody who wrote to us; only a code is not sent to a number that stopped everything. */
const ANYBODY = `
  CASE WHEN a.excluded_because <> '' THEN a.excluded_because
       WHEN (SELECT true FROM acknowledgement y JOIN suppression x ON x.tenant_id = $9::uuid AND x.phone_index = y.phone_index
                AND x.lifted_at IS NULL AND x.scope = 'all'
              WHERE y.batch_id = $1::uuid AND y.seq = a.seq AND y.kind = 'confirmation' LIMIT 1) THEN 'SUPPRESSED'`;

/** Leaves out a code that is too late: the next attempt ends it. */
const IN_TIME = `
         AND coalesce((SELECT y.leave_before FROM acknowledgement y WHERE y.batch_id = $1::uuid AND y.seq = a.seq), 'infinity') > $12::timestamptz`;

/** Builds the query that has one row while the gate is open for a batch and its order, and none otherwise. */
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

/** Builds the query of the people to write to, each with the reason not to, if there is one. */
export function askedOf(
  kind: BatchKind,
  { capped, brands }: OptionalChecks = { capped: false, brands: true },
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

/** Builds the condition that a row still has the person, place and number for which its text was made. */
export function stillTheirs(kind: BatchKind): string {
  return `
         ${kind === 'acknowledgements' ? IN_TIME : `AND coalesce(m.contact_id, '${NOBODY}') = a.contact_id`}
         AND (a.why IS NOT NULL OR a.territory = $17::text AND a.time_zone = $18::text AND a.number_version = a.made_for)`;
}

/** Builds one statement: the gate, each person once more, the mark, the submission and the tally. */
function markStatement(kind: BatchKind, checks: OptionalChecks): string {
  return `
    WITH gate AS MATERIALIZED (${gateOf(kind, checks.brands)}),
    asked AS MATERIALIZED (${askedOf(kind, checks)}),
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

/** The maximum frequency of advertising to one person. */
export interface Cap {
  /** On one calendar day in the person's zone. */
  readonly perDay?: number | null | undefined;
  /** In thirty days. */
  readonly perMonth?: number | null | undefined;
}

/** Locks the cap, so that two campaigns of a tenant do not both take somebody's last place. */
const capLock = (tenantId: string): Statement => ({
  name: 'mark_cap',
  text: `SELECT pg_advisory_xact_lock(hashtextextended('cap|marketing|' || $1::text, 0))`,
  values: [tenantId],
});

/**
 * True when contact `c` of tenant $9 has reached the cap at the law's now, $12: $29 a day, $30 in thirty days. A
 * failed message does not count; one that may be on its way does.
 */
const OVER_CAP = `
       WHEN $29::int IS NOT NULL AND ${received(`date_trunc('day', $12::timestamptz, ${clockColumn('c.time_zone')})`)} >= $29::int
         OR $30::int IS NOT NULL AND ${received(`$12::timestamptz - interval '30 days'`)} >= $30::int THEN 'FREQUENCY_CAP'`;

function received(since: string): string {
  return `(SELECT count(*) FROM message f JOIN batch fb ON fb.id = f.batch_id
            WHERE f.tenant_id = $9::uuid AND f.contact_id = c.id AND fb.kind IN ('campaign', 'test') AND fb.purpose = 'marketing'
              AND (f.accepted_at >= ${since} OR f.state IN ('submitting', 'uncertain')))`;
}
