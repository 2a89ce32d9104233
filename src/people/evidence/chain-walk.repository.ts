import { sql } from 'kysely';
import type { Transaction } from '../../platform/index.ts';

/** A run of links as PostgreSQL judges it, without one row leaving it. */
export interface Stretch {
  readonly links: number;
  /** False when anything in it needs a closer look; whether one link follows another is left to the caller. */
  readonly sound: boolean;
  /** Hashes of its links, one behind the other. */
  readonly hashes: Buffer;
  /** The hashes that each of its links names as the one before. */
  readonly before: Buffer;
}

const quoted = (column: string) => `coalesce('"' || e.${column} || '"', 'null')`;
const exact = (column: string) =>
  `'"' || to_char(e.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"'`;

/**
 * The text whose SHA-256 is the digest of an event, as the program writes it.
 *
 * Nothing is escaped: a column that would need it has another digest here, and is looked at by the program.
 */
const digestText = [
  quoted('tenant_id'),
  ...['id', 'contact_id', 'purpose', 'kind', 'basis', 'method', 'channel', 'wording_id', 'proof'].map(quoted),
  ...['occurred_at', 'recorded_at'].map(exact),
  ...['actor', 'barred'].map(quoted),
  `coalesce('"' || encode(e.proof_digest, 'hex') || '"', 'null')`,
  `e.simulated::text`,
].join(` || ',' || `);

/**
 * Judges the links of consents behind a position; what it finds sound is what the program would find so.
 *
 * Each event is fetched by its key: a plan that reads the whole ledger for each stretch grows with its square.
 */
export async function readStretch(
  tx: Transaction,
  from: { readonly position: number; readonly most: number },
): Promise<Stretch> {
  const row = await tx.first(sql<Row>`
    SELECT count(*)::int AS links, min(l.position)::float8 AS first, max(l.position)::float8 AS last,
           string_agg(l.hash, ''::bytea ORDER BY l.position) AS hashes,
           string_agg(l.previous_hash, ''::bytea ORDER BY l.position) AS before,
           bool_and(coalesce(e.digest = sha256(convert_to('[' || ${sql.raw(digestText)} || ']', 'UTF8'))
             AND l.hash = sha256(convert_to(encode(l.previous_hash, 'hex') || '|' || l.position || '|' || l.event_id || '|' ||
                                            encode(e.digest, 'hex'), 'UTF8')), false)) AS whole
      FROM link l LEFT JOIN LATERAL (SELECT * FROM consent_event v WHERE v.id = l.event_id OFFSET 0) e ON true
     WHERE l.tenant_id = ${tx.tenantId}::uuid AND l.chain = 'consent'
       AND l.position > ${from.position}::bigint AND l.position <= ${from.position + from.most}::bigint`);
  const { links = 0, first, last, hashes, before, whole } = row ?? {};
  const unbroken = first === from.position + 1 && last === from.position + links;
  return {
    links,
    sound: links === 0 || (whole === true && unbroken),
    hashes: hashes ?? NOTHING,
    before: before ?? NOTHING,
  };
}

interface Row {
  readonly links: number;
  readonly first: number | null;
  readonly last: number | null;
  readonly hashes: Buffer | null;
  readonly before: Buffer | null;
  readonly whole: boolean | null;
}

const NOTHING = Buffer.alloc(0);
