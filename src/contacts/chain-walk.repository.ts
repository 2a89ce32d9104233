import { sql } from 'kysely';
import type { Transaction } from '../database/connection.ts';
import { slicesOf } from './chain-tree.repository.ts';

/** A run of links as PostgreSQL judges it, without one row leaving it. */
export interface Stretch {
  readonly links: number;
  /** False when anything in it needs a closer look. */
  readonly sound: boolean;
  /** Hashes of its links, in order. */
  readonly hashes: readonly Buffer[];
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

/** Judges the links of consents behind a position; what it finds sound is what the program would find so. */
export async function readStretch(
  tx: Transaction,
  from: { readonly position: number; readonly hash: string; readonly most: number },
): Promise<Stretch> {
  const row = await tx.first(sql<{ links: number; sound: boolean | null; hashes: Buffer | null }>`
    WITH walked AS MATERIALIZED (
      SELECT l.position, l.hash, l.previous_hash,
             lag(l.hash, 1, decode(${from.hash}, 'hex')) OVER (ORDER BY l.position) AS before,
             row_number() OVER (ORDER BY l.position) AS nth,
             e.digest = sha256(convert_to('[' || ${sql.raw(digestText)} || ']', 'UTF8'))
               AND l.hash = sha256(convert_to(concat_ws('|', encode(l.previous_hash, 'hex'), l.position, l.event_id,
                                                        encode(e.digest, 'hex')), 'UTF8')) AS whole
        FROM (SELECT * FROM link WHERE tenant_id = ${tx.tenantId}::uuid AND chain = 'consent'
                 AND position > ${from.position}::bigint ORDER BY position LIMIT ${from.most}) l
        LEFT JOIN consent_event e ON e.id = l.event_id)
    SELECT count(*)::int AS links, string_agg(hash, ''::bytea ORDER BY position) AS hashes,
           bool_and(coalesce(whole, false) AND before = previous_hash
                    AND position = ${from.position}::bigint + nth) AS sound
      FROM walked`);
  return {
    links: row?.links ?? 0,
    sound: row?.sound ?? true,
    hashes: slicesOf(row?.hashes ?? Buffer.alloc(0)),
  };
}
