import { sql } from 'kysely';
import {
  BEFORE_ALL,
  type Clock,
  col,
  computedRows,
  FormSchema,
  FormVersionSchema,
  type Page,
  query,
  Refusal,
  type ResultOf,
  rowsOf,
  type Transaction,
} from '../../platform/index.ts';
import { canonicalJson, uuidV7 } from '../../base/index.ts';
import { bilingual, type Words } from '../../words/index.ts';
import {
  newSlug,
  wordingIdsOf,
  type Form,
  type FormTerms,
  type FormDisclosure,
  type FormProcessor,
} from './form-terms.ts';
import type { ConsentPurpose } from '../../person/index.ts';
import { refusesWeakWordings } from '../consent/consent.repository.ts';
import { readWordings, type Wording } from '../consent/wording.repository.ts';
import { everyRoutedAccount, isInEea, recordAudit, type Tenant } from '../../company/index.ts';

const forms = (tx: Transaction) =>
  query
    .selectFrom('form as f')
    .innerJoin('form_version as v', 'v.formId', 'f.id')
    .select(['f.id', 'f.slug', 'v.version', 'v.terms', 'f.createdAt', 'v.publishedAt', 'f.closedAt'])
    .$narrowType<Pick<Form, 'terms'>>()
    .where('f.tenantId', '=', tx.tenantId);

const currentForms = (tx: Transaction) => forms(tx).whereRef('v.version', '=', 'f.version');

/** Reads a form at its current version, or at the given one. */
export async function readForm(tx: Transaction, id: string, version?: number): Promise<Form | undefined> {
  const rows = version === undefined ? currentForms(tx) : forms(tx).where('v.version', '=', version);
  return tx.first(rows.where('f.id', '=', id));
}

/** Reads a page of forms in order of creation, each at its current version. */
export async function readFormPage(tx: Transaction, { after = BEFORE_ALL, limit }: Page): Promise<Form[]> {
  return tx.rows(currentForms(tx).where('f.id', '>', after).orderBy('f.id').limit(limit));
}

const slugRows = rowsOf('form', ['slug']);

/** Returns the slug of the newest open form that has a box for a purpose. */
export async function slugAsking(tx: Transaction, purpose: ConsentPurpose): Promise<string | undefined> {
  const box = JSON.stringify([{ purpose }]);
  const row = await tx.first(slugRows.sql`
    SELECT f.slug FROM form f JOIN form_version v ON v.form_id = f.id AND v.version = f.version
     WHERE f.tenant_id = ${tx.tenantId}::uuid AND f.closed_at IS NULL AND v.terms->'purposes' @> ${box}::jsonb
     ORDER BY f.id DESC LIMIT 1`);
  return row?.slug;
}

/** Reads the versions of a form, oldest first; 1,000 at most. */
export async function readFormVersions(tx: Transaction, id: string): Promise<Form[]> {
  return tx.rows(forms(tx).where('f.id', '=', id).orderBy('v.version').limit(1000));
}

interface NewVersion {
  readonly terms: FormTerms;
  readonly actor: string;
  /** ISO instant of the law clock. */
  readonly at: string;
}

async function addForm(
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

async function addNextVersion(
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

async function lockForm(tx: Transaction, id: string): Promise<void> {
  await tx.run(query.selectFrom('form').select('id').where('id', '=', id).forUpdate());
}

async function endForm(tx: Transaction, id: string, at: string): Promise<void> {
  const open = query.updateTable('form').where('id', '=', id).where('closedAt', 'is', null);
  await tx.run(open.set({ closedAt: at }));
}

/**
 * Marks wordings as published that a form shows from now on. They are in use from then, unless an earlier start was
 * declared or an earlier consent cites them.
 */
async function publishWordings(tx: Transaction, ids: readonly string[], at: string): Promise<void> {
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

/** Every account with its company, and the tenant's basis for transfers to that company's country. */
const processorAccounts = query
  .selectFrom('gateway_account as g')
  .leftJoin('transfer_basis as t', (join) =>
    join.onRef('t.accountId', '=', 'g.id').onRef('t.country', '=', 'g.processorCountry'),
  )
  .select(['g.name as account', 'g.fake', 'g.isDefault', 'g.processorName as name', 't.basis'])
  .select('g.processorCountry as country')
  .$narrowType<Pick<FormProcessor, 'basis'>>()
  .orderBy('g.name');

type ProcessorAccount = ResultOf<typeof processorAccounts>;

/** Reads what a form must disclose now: the officer, and the processors of its messages and of its confirmation code. */
export async function disclosureNow(
  tx: Transaction,
  { settings }: Pick<Tenant, 'settings'>,
  { purposes, confirm }: Pick<FormTerms, 'purposes' | 'confirm'>,
): Promise<FormDisclosure> {
  const accounts = await tx.rows(processorAccounts);
  const defaultName = accounts.find(({ isDefault }) => isDefault)?.account ?? '';
  const routed = new Set(
    purposes.flatMap(({ purpose }) => everyRoutedAccount(settings, { purpose, defaultName })),
  );
  const isUsed = ({ account, isDefault }: ProcessorAccount): boolean =>
    routed.has(account) || (isDefault && confirm !== 'off');
  const real = accounts.filter(({ fake }) => !fake);
  return {
    dataProtectionOfficer: settings.dataProtectionOfficer ?? null,
    processors: processorsOf(real.filter(isUsed)),
    othersAbroad: real.some((one) => !isUsed(one) && (one.country === null || !isInEea(one.country))),
  };
}

/** Lists each company once; null when one of them is unknown. */
function processorsOf(accounts: readonly ProcessorAccount[]): FormDisclosure['processors'] {
  const named = new Map<string, FormProcessor>();
  for (const { name, country, basis } of accounts) {
    if (name === null || country === null) return null;
    named.set(`${name} (${country})`, { name, country, basis: isInEea(country) ? null : basis });
  }
  return [...named.values()];
}

interface FormDeps {
  readonly clock: Clock;
}

/** Publishes a new form under an unguessable slug. */
export async function publishForm(
  tx: Transaction,
  deps: FormDeps,
  given: { readonly slug: string; readonly terms: FormTerms; readonly actor: string },
): Promise<Form> {
  const version = await nextVersion(tx, deps, given);
  const slug = newSlug(given.slug);
  const id = await addForm(tx, { ...version, slug, machineMs: deps.clock.machine() });
  return formById(tx, id);
}

/** Publishes the next version of a form; the same terms again change nothing. */
export async function reviseForm(
  tx: Transaction,
  deps: FormDeps,
  given: {
    readonly id: string;
    readonly change: (terms: FormTerms) => FormTerms;
    readonly actor: string;
  },
): Promise<Form> {
  await lockForm(tx, given.id);
  const form = await formById(tx, given.id);
  if (form.closedAt !== null) throw new Refusal('FORM_CLOSED');
  const terms = given.change(form.terms);
  if (canonicalJson(terms) === canonicalJson(form.terms)) return form;
  await addNextVersion(tx, form, await nextVersion(tx, deps, { terms, actor: given.actor }));
  return formById(tx, given.id);
}

/**
 * Returns a form whose disclosure of the officer and of operators is current, and publishes the next version when it
 * changed. Called whenever a page or a sheet is shown; what was signed on an earlier version keeps that version.
 */
export async function upToDate(
  tx: Transaction,
  { clock }: FormDeps,
  { form, tenant }: { readonly form: Form; readonly tenant: Pick<Tenant, 'settings'> },
): Promise<Form> {
  const disclosure = await disclosureNow(tx, tenant, form.terms);
  const currentText = canonicalJson(disclosure);
  const isCurrent = ({ terms }: Form): boolean =>
    terms.disclosure !== undefined && canonicalJson(terms.disclosure) === currentText;
  if (isCurrent(form)) return form;
  await lockForm(tx, form.id);
  const current = await formById(tx, form.id);
  if (isCurrent(current)) return current;
  const at = clock.now().toISO();
  await addNextVersion(tx, current, { terms: { ...current.terms, disclosure }, actor: 'system', at });
  const details = { slug: current.slug, version: current.version + 1, because: 'disclosure' };
  const entry = { actor: 'system', action: 'form.published', subject: form.id, details };
  await recordAudit(tx, entry, { at, machineMs: clock.machine() });
  return formById(tx, form.id);
}

/** Closes a form for good; agreements that it received stay. */
export async function closeForm(tx: Transaction, { clock }: FormDeps, id: string): Promise<Form> {
  await formById(tx, id);
  await endForm(tx, id, clock.now().toISO());
  return formById(tx, id);
}

async function nextVersion(
  tx: Transaction,
  { clock }: FormDeps,
  { terms, actor }: { readonly terms: FormTerms; readonly actor: string },
): Promise<NewVersion> {
  const at = clock.now().toISO();
  const wordings = await readWordings(tx, wordingIdsOf(terms));
  refuseWordings(terms, wordings, at);
  if (wordings.some(({ findings }) => findings.length > 0) && (await refusesWeakWordings(tx)))
    throw new Refusal('WORDING_WEAK');
  await publishWordings(
    tx,
    wordings.map(({ id }) => id),
    at,
  );
  return { terms, actor, at };
}

/** Refuses boxes whose wording does not ask for their purpose, or is not in use at the instant. */
function refuseWordings({ purposes }: FormTerms, wordings: readonly Wording[], at: string): void {
  const known = new Map(wordings.map((wording) => [wording.id, wording]));
  for (const [index, box] of purposes.entries()) {
    for (const id of [box.wordingId, ...Object.values(box.translations)]) {
      const wording = known.get(id);
      const pointer = `/purposes/${index}/${id === box.wordingId ? 'wordingId' : 'translations'}`;
      const wrong = (message: Words) => ({ errors: [{ in: 'body' as const, pointer, message }] });
      if (wording === undefined) throw new Refusal('WORDING_NOT_FOUND', wrong(bilingual.request.unknown));
      const asked = wording.purposes.join(', ');
      if (!wording.purposes.includes(box.purpose))
        throw new Refusal('WORDING_OF_ANOTHER_PURPOSE', wrong(bilingual.form.asksFor({ asked })));
      if (!isInUse(wording, at)) throw new Refusal('WORDING_NOT_IN_USE', wrong(bilingual.form.notInUse));
    }
  }
}

/** Says whether a wording may be shown at this instant. */
export const isInUse = ({ inUseFrom, inUseUntil }: Wording, at: string): boolean =>
  (inUseFrom === null || Date.parse(inUseFrom) <= Date.parse(at)) &&
  (inUseUntil === null || Date.parse(inUseUntil) > Date.parse(at));

async function formById(tx: Transaction, id: string): Promise<Form> {
  const form = await readForm(tx, id);
  if (form === undefined) throw new Refusal('NOT_FOUND');
  return form;
}
