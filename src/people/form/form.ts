import { type Clock, type Transaction, Refusal, canonicalJson } from '../../platform/index.ts';
import { refusesWeakWordings } from '../consent/consent.repository.ts';
import {
  disclosureNow,
  addForm,
  addNextVersion,
  endForm,
  lockForm,
  publishWordings,
  readForm,
  type NewVersion,
} from './form.repository.ts';
import { newSlug, wordingIdsOf, type Form, type FormTerms } from './form-terms.ts';
import { recordAudit, type Tenant } from '../../company/index.ts';
import { readWordings, type Wording } from '../consent/wording.repository.ts';
import { bilingual, type Words } from '../../words/index.ts';

export interface FormDeps {
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
  return found(tx, id);
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
  const form = await found(tx, given.id);
  if (form.closedAt !== null) throw new Refusal('FORM_CLOSED');
  const terms = given.change(form.terms);
  if (canonicalJson(terms) === canonicalJson(form.terms)) return form;
  await addNextVersion(tx, form, await nextVersion(tx, deps, { terms, actor: given.actor }));
  return found(tx, given.id);
}

/**
 * A form that tells what is true now of the officer and of operators: the next version where that changed.
 *
 * Asked whenever a page or sheet is shown; what was signed on an earlier version stays with its words.
 */
export async function upToDate(tx: Transaction, { clock }: FormDeps, shown: UpToDate): Promise<Form> {
  const { form, tenant } = shown;
  const disclosure = await disclosureNow(tx, tenant, form.terms);
  const currentText = canonicalJson(disclosure);
  const tells = ({ terms }: Form): boolean =>
    terms.disclosure !== undefined && canonicalJson(terms.disclosure) === currentText;
  if (tells(form)) return form;
  await lockForm(tx, form.id);
  const current = await found(tx, form.id);
  if (tells(current)) return current;
  const at = clock.now().toISO();
  await addNextVersion(tx, current, { terms: { ...current.terms, disclosure }, actor: 'system', at });
  const details = { slug: current.slug, version: current.version + 1, because: 'disclosure' };
  const entry = { actor: 'system', action: 'form.published', subject: form.id, details };
  await recordAudit(tx, entry, { at, machineMs: clock.machine() });
  return found(tx, form.id);
}

interface UpToDate {
  readonly form: Form;
  readonly tenant: Pick<Tenant, 'settings'>;
}

/** Takes a form out of service for good; what was agreed on it stays. */
export async function closeForm(tx: Transaction, { clock }: FormDeps, id: string): Promise<Form> {
  await found(tx, id);
  await endForm(tx, id, clock.now().toISO());
  return found(tx, id);
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

/** Checks that each box shows a wording that asks for its purpose, today. */
function refuseWordings({ purposes }: FormTerms, wordings: readonly Wording[], at: string): void {
  const known = new Map(wordings.map((wording) => [wording.id, wording]));
  for (const [place, box] of purposes.entries()) {
    for (const id of [box.wordingId, ...Object.values(box.translations)]) {
      const wording = known.get(id);
      const pointer = `/purposes/${place}/${id === box.wordingId ? 'wordingId' : 'translations'}`;
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

async function found(tx: Transaction, id: string): Promise<Form> {
  const form = await readForm(tx, id);
  if (form === undefined) throw new Refusal('NOT_FOUND');
  return form;
}
