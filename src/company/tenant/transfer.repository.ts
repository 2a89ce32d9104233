import { sql } from 'kysely';
import { query, Refusal, type ResultOf, type Transaction } from '../../platform/index.ts';

/** Stores the basis of the tenant's transfers to the country of an account's processor; the last one counts. */
export const recordTransfer = (
  tx: Transaction,
  one: {
    readonly accountId: string;
    readonly basis: (typeof TRANSFER_BASES)[number];
    readonly documentRef: string;
    readonly country: string;
    /** ISO instant of the law clock. */
    readonly at: string;
    readonly actor: string;
  },
): Promise<number> =>
  tx.run(sql`
    INSERT INTO transfer_basis (tenant_id, account_id, basis, document_ref, country, recorded_at, recorded_by)
    VALUES (${tx.tenantId}::uuid, ${one.accountId}, ${one.basis}, ${one.documentRef}, ${one.country}, ${one.at}, ${one.actor})
    ON CONFLICT (tenant_id, account_id) DO UPDATE SET basis = excluded.basis, document_ref = excluded.document_ref,
      country = excluded.country, recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by`);

const destinations = query
  .selectFrom('gateway_account as g')
  .leftJoin('transfer_basis as t', 't.accountId', 'g.id')
  .select(['g.fake', 'g.processorCountry as country', 't.country as recordedFor']);

const destinationOf = (
  tx: Transaction,
  accountId: string,
): Promise<ResultOf<typeof destinations> | undefined> => tx.first(destinations.where('g.id', '=', accountId));

/** Refuses an account to whose processor the messages of a sector may not be handed. */
export async function refuseTransfer(tx: Transaction, question: TransferQuestion): Promise<void> {
  if (await isTransferForbidden(tx, question))
    throw new Refusal('TRANSFER_BASIS_MISSING', {
      country: (await destinationOf(tx, question.accountId))?.country ?? null,
    });
}

/** Says whether the messages of a sector may not be handed to the processor of an account. */
export async function isTransferForbidden(
  tx: Transaction,
  { accountId, sector }: TransferQuestion,
): Promise<boolean> {
  const destination = await destinationOf(tx, accountId);
  return destination === undefined || !mayTransfer(sector, destination);
}

interface TransferQuestion {
  readonly accountId: string;
  readonly sector: string;
}

/** The members of the European Economic Area by ISO 3166: those of the Union, Iceland, Liechtenstein and Norway. */
const MEMBERS =
  'AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO'.split(' ');

/** Their codes and names, since a person writes the country of an account: as a code, or in French or English. */
const EEA = new Set(
  ['en', 'fr'].flatMap((language) => {
    const names = new Intl.DisplayNames([language], { type: 'region' });
    return MEMBERS.flatMap((code) => [code.toLowerCase(), (names.of(code) ?? code).toLowerCase()]);
  }),
);

/** Sectors whose messages reveal people's health or money. */
const CAREFUL = new Set(['health', 'finance']);

/** The legal bases of transfers outside the European Economic Area. */
export const TRANSFER_BASES = ['adequacy', 'standard-clauses', 'binding-rules', 'derogation'] as const;

/** Says whether a country, as an account's configuration writes it, belongs to the European Economic Area. */
export const isInEea = (country: string): boolean => EEA.has(country.toLowerCase());

/** Says whether messages of a sector may go to a processor; an unknown country counts as outside the EEA. */
export function mayTransfer(
  sector: string,
  { fake, country, recordedFor }: ResultOf<typeof destinations>,
): boolean {
  if (fake || !CAREFUL.has(sector)) return true;
  if (country !== null && isInEea(country)) return true;
  return country !== null && recordedFor === country;
}
