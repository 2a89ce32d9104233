import { col, type RowOf, rowsOf, type Transaction } from '../../platform/index.ts';
import { everyRoutedAccount, type Tenant, isInEea } from '../../company/index.ts';
import type { FormDisclosure, FormProcessor, FormTerms } from './form-terms.ts';

const carrierRows = rowsOf('gateway_account', ['fake', 'isDefault']).with({
  account: col.of('gateway_account', 'name'),
  name: col.of('gateway_account', 'processorName'),
  country: col.of('gateway_account', 'processorCountry'),
  basis: col.text<NonNullable<FormProcessor['basis']>>().orNull(),
});

type Carrier = RowOf<typeof carrierRows>;

/** Reads the current disclosures of a form: the officer, and the processors of its messages and confirmation code. */
export async function disclosureNow(
  tx: Transaction,
  { settings }: Pick<Tenant, 'settings'>,
  { purposes, confirm }: Pick<FormTerms, 'purposes' | 'confirm'>,
): Promise<FormDisclosure> {
  const carriers = await tx.rows(carrierRows.sql`
    SELECT g.name AS account, g.fake, g.is_default AS "isDefault", g.processor_name AS name, g.processor_country AS country,
           CASE WHEN t.country = g.processor_country THEN t.basis END AS basis
      FROM gateway_account g LEFT JOIN transfer_basis t ON t.account_id = g.id ORDER BY g.name`);
  const defaultName = carriers.find(({ isDefault }) => isDefault)?.account ?? '';
  const routed = new Set(
    purposes.flatMap(({ purpose }) => everyRoutedAccount(settings, { purpose, defaultName })),
  );
  const isUsed = ({ account, isDefault }: Carrier): boolean =>
    routed.has(account) || (isDefault && confirm !== 'off');
  const real = carriers.filter(({ fake }) => !fake);
  return {
    dataProtectionOfficer: settings.dataProtectionOfficer ?? null,
    processors: processorsOf(real.filter(isUsed)),
    othersAbroad: real.some((one) => !isUsed(one) && (one.country === null || !isInEea(one.country))),
  };
}

/** Lists each company once; null as soon as one is unknown. */
function processorsOf(carriers: readonly Carrier[]): FormDisclosure['processors'] {
  const named = new Map<string, FormProcessor>();
  for (const { name, country, basis } of carriers) {
    if (name === null || country === null) return null;
    named.set(`${name} (${country})`, { name, country, basis: isInEea(country) ? null : basis });
  }
  return [...named.values()];
}
