import type { DateTime } from 'luxon';
import { z } from 'zod';
import { Refusal } from '../../../platform/index.ts';
import { AFFIRMATIONS, leftUnsaid, type Affirmation, type TenantChange } from '../../../company/index.ts';
import { DateOnly, line } from '../../server/schema.ts';

// Names are those of the table.
const NAMES = Object.keys(AFFIRMATIONS) as [Affirmation, ...Affirmation[]];

const MEANINGS = Object.entries(AFFIRMATIONS).map(([name, { en }]) => `\`${name}\`: ${en}`);

/** The signed statement behind advertising to customers without consent. */
export const SaleStatementBody = z
  .strictObject({
    documentRef: line(200).meta({ description: 'Where you keep the signed paper.' }),
    signedOn: DateOnly,
    signedAs: line(100).meta({ description: 'The function of whoever signed, not a name.' }),
    affirms: z.array(z.enum(NAMES)).max(NAMES.length).readonly(),
  })
  .meta({
    description: `Needed with \`bases.marketing: "legitimate_interest"\`, and nowhere else. It affirms all of: ${MEANINGS.join(' ')}`,
  });

/** Requires a complete statement for opening advertising to customers, and none for anything else. */
export function refuseUnsigned(
  { bases, saleStatement }: Pick<TenantChange, 'bases' | 'saleStatement'>,
  today: DateTime<true>,
): void {
  const opens = bases?.marketing === 'legitimate_interest';
  if (!opens && saleStatement === undefined) return;
  if (!opens)
    throw new Refusal('INVALID_REQUEST', {
      errors: [
        {
          in: 'body',
          pointer: '/saleStatement',
          message: 'It goes with bases.marketing: "legitimate_interest".',
        },
      ],
    });
  const missing = saleStatement === undefined ? ['saleStatement'] : leftUnsaid(saleStatement);
  if (missing.length > 0) throw new Refusal('STATEMENT_MISSING', { missing });
  if (saleStatement !== undefined && saleStatement.signedOn > today.toISODate())
    throw new Refusal('DATE_INVALID');
}
