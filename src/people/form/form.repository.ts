import { sql } from 'kysely';
import {
  BEFORE_ALL,
  col,
  computedRows,
  FormSchema,
  FormVersionSchema,
  type Page,
  query,
  type ResultOf,
  rowsOf,
  type Transaction,
  uuidV7,
} from '../../platform/index.ts';
import type { Form, FormTerms, FormDisclosure, FormProcessor } from './form-terms.ts';
import type { ConsentPurpose } from '../consent/consent-event.ts';
import { everyRoutedAccount, isInEea, type Tenant } from '../../company/index.ts';

const forms = (tx: Transaction) =>
  query
    .selectFrom('form as f')
    .innerJoin('form_version as v', 'v.formId', 'f.id')
    .select(['f.id', 'f.slug', 'v.version', 'v.terms', 'f.createdAt', 'v.publishedAt', 'f.closedAt'])
    .$narrowType<Pick<Form, 'terms'>>()
    .where('f.tenantId', '=', tx.tenantId);

const formsNow = (tx: Transaction) => forms(tx).whereRef('v.version', '=', 'f.version');

/** A form as it stands, or as it was at a version. */
export async function readForm(tx: Transaction, id: string, version?: number): Promise<Form | undefined> {
  const asked = version === undefined ? formsNow(tx) : forms(tx).where('v.version', '=', version);
  return tx.first(asked.where('f.id', '=', id));
}

/** A page of forms in order of creation, each as it stands. */
export async function readFormPage(tx: Transaction, { after = BEFORE_ALL, limit }: Page): Promise<Form[]> {
  return tx.rows(formsNow(tx).where('f.id', '>', after).orderBy('f.id').limit(limit));
}

const slugRows = rowsOf('form', ['slug']);

/** Returns the slug of the newest open form with a box for a purpose. */
export async function slugAsking(tx: Transaction, purpose: ConsentPurpose): Promise<string | undefined> {
  const box = JSON.stringify([{ purpose }]);
  const row = await tx.first(slugRows.sql`
    SELECT f.slug FROM form f JOIN form_version v ON v.form_id = f.id AND v.version = f.version
     WHERE f.tenant_id = ${tx.tenantId}::uuid AND f.closed_at IS NULL AND v.terms->'purposes' @> ${box}::jsonb
     ORDER BY f.id DESC LIMIT 1`);
  return row?.slug;
}

/** Every version of a form, oldest first. */
export async function readFormVersions(tx: Transaction, id: string): Promise<Form[]> {
  return tx.rows(forms(tx).where('f.id', '=', id).orderBy('v.version').limit(1000));
}

export interface NewVersion {
  readonly terms: FormTerms;
  readonly actor: string;
  /** ISO instant of the law clock. */
  readonly at: string;
}

/** Adds a form with its first version; returns its id. */
export async function addForm(
  tx: Transaction,
  given: NewVersion & { readonly slug: string; readonly machineMs: number },
): Promise<string> {
  const form = { id: uuidV7(given.machineMs), version: 1 };
  const { slug, at: createdAt } = given;
  tx.entities().create(FormSchema, { ...form, tenantId: tx.tenantId, slug, createdAt });
  await tx.entities().flush();
  await addVersion(tx, form, given);
  return form.id;
}

export async function addNextVersion(
  tx: Transaction,
  form: Pick<Form, 'id' | 'version'>,
  given: NewVersion,
): Promise<void> {
  const next = { id: form.id, version: form.version + 1 };
  await tx.run(query.updateTable('form').set({ version: next.version }).where('id', '=', form.id));
  await addVersion(tx, next, given);
}

async function addVersion(
  tx: Transaction,
  { id: formId, version }: Pick<Form, 'id' | 'version'>,
  { terms, actor, at: publishedAt }: NewVersion,
): Promise<void> {
  const { tenantId } = tx;
  tx.entities().create(FormVersionSchema, { formId, version, tenantId, terms, actor, publishedAt });
  await tx.entities().flush();
}

export async function lockForm(tx: Transaction, id: string): Promise<void> {
  await tx.run(query.selectFrom('form').select('id').where('id', '=', id).forUpdate());
}

export async function endForm(tx: Transaction, id: string, at: string): Promise<void> {
  const open = query.updateTable('form').where('id', '=', id).where('closedAt', 'is', null);
  await tx.run(open.set({ closedAt: at }));
}

/** Marks wordings as published that a form shows from now on. In use since then, unless somebody declared or cited them earlier. */
export async function publishWordings(tx: Transaction, ids: readonly string[], at: string): Promise<void> {
  await tx.run(sql`
    UPDATE wording w SET origin = 'published',
           in_use_from = least(coalesce(w.in_use_from, (SELECT min(c.cited_at) FROM wording_citation c
             WHERE c.tenant_id = w.tenant_id AND c.wording_id = w.id)), ${at}::timestamptz)
     WHERE w.tenant_id = ${tx.tenantId}::uuid AND w.id = ANY(${ids}::uuid[]) AND w.origin <> 'published'`);
}

const formOwnerRows = computedRows({ tenantId: col.text(), formId: col.text() });

/** Finds the tenant of a form by its slug, before any tenant is known. */
export async function ownerOfForm(
  tx: Transaction,
  slug: string,
): Promise<{ readonly tenantId: string; readonly formId: string } | undefined> {
  return tx.first(formOwnerRows.sql`
    SELECT tenant_id AS "tenantId", form_id AS "formId" FROM tenant_of_form(${slug})`);
}

/** Every account, and the tenant's basis for transfers to its present country. */
const everyCarrier = query
  .selectFrom('gateway_account as g')
  .leftJoin('transfer_basis as t', (join) =>
    join.onRef('t.accountId', '=', 'g.id').onRef('t.country', '=', 'g.processorCountry'),
  )
  .select(['g.name as account', 'g.fake', 'g.isDefault', 'g.processorName as name', 't.basis'])
  .select('g.processorCountry as country')
  .$narrowType<Pick<FormProcessor, 'basis'>>()
  .orderBy('g.name');

type Carrier = ResultOf<typeof everyCarrier>;

/** Reads the current disclosures of a form: the officer, and the processors of its messages and confirmation code. */
export async function disclosureNow(
  tx: Transaction,
  { settings }: Pick<Tenant, 'settings'>,
  { purposes, confirm }: Pick<FormTerms, 'purposes' | 'confirm'>,
): Promise<FormDisclosure> {
  const carriers = await tx.rows(everyCarrier);
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
