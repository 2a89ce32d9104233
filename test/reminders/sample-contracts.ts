import { readFile } from 'node:fs/promises';
import { restDays } from './oracle/rest-days.ts';
import type { RestDays } from './oracle/date-oracle.ts';

/** A row of the contracts that a service company exports. */
export interface SampleRow {
  readonly reference: string;
  readonly telephone: string;
  readonly prenom: string;
  readonly nom: string;
  readonly code_postal: string;
  readonly formule: string;
  readonly fin_contrat: string;
  readonly date_limite_refus: string;
  readonly montant: string;
  readonly echeances: string;
  readonly consentement_le: string;
  readonly lettre_information: string;
}

/** The 300 rows; none of them holds a comma or a quote. */
export async function sampleRows(): Promise<SampleRow[]> {
  const text = await readFile(new URL('../../samples/services-subscriptions.csv', import.meta.url), 'utf8');
  const [heading = '', ...lines] = text.trim().split(/\r?\n/);
  const names = heading.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])) as unknown as SampleRow;
  });
}

const common = (row: SampleRow) => ({
  contact: {
    // A spreadsheet kept the zero of some numbers by an apostrophe, and lost it of others.
    phone: row.telephone.replace(/^'/, '').replace(/^(?=[67]\d{8}$)/, '0'),
    firstName: row.prenom,
    lastName: row.nom,
    postalCode: row.code_postal,
  },
  ...(row.consentement_le === '' ? {} : { consent: { grantedAt: row.consentement_le } }),
});

/** The body that files the contract of a row. */
export const contractOf = (row: SampleRow) => ({
  ...common(row),
  renewsOn: row.fin_contrat,
  refuseBy: row.date_limite_refus,
  service: row.formule,
  ...(row.lettre_information === '' ? {} : { legalNoticeRef: row.lettre_information }),
});

/** The body that files its payment plan. */
export const planOf = (row: SampleRow) => ({
  ...common(row),
  label: row.formule,
  instalments: row.echeances.split('|').map((dueOn, index) => ({
    number: index + 1,
    dueOn,
    amount: row.montant,
    currency: 'EUR',
  })),
});

/** Days of rest where the people of a row live, by the state's own list. */
export async function restDaysOf(): Promise<(row: SampleRow) => RestDays> {
  const of = await restDays();
  return ({ code_postal }) => of(code_postal);
}
