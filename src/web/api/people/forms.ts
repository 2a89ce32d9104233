import { z } from 'zod';
import {
  mobileLine,
  NOTHING_DISCLOSED,
  disclosureNow,
  formFindings,
  recordSheet,
  wordingIdsOf,
  type Form,
  type FormTerms,
  closeForm,
  publishForm,
  reviseForm,
  readForm,
  readFormPage,
  readFormVersions,
  readWordings,
  type Wording,
} from '../../../people/index.ts';
import { type Transaction, Refusal } from '../../../platform/index.ts';
import { mapInSlices, EVERYBODY, MARKETING } from '../../../base/index.ts';
import { brandById, tenantOf, missingIdentity } from '../../../company/index.ts';
import { Answer, type Api, route, orNotFound, noteAct, tagged } from '../../server/route.ts';
import { actorOf, knownTenant } from '../../server/caller.ts';
import { RecordedConsent, recorded } from './consents.ts';
import { FormChange, FormVersionView, FormView, NewForm, NewSheet } from './form-schema.ts';
import { ById, listOf, PageQuery, readPage } from '../../server/schema.ts';
import { languageOf, type Language } from '../../../words/index.ts';

export const formRoutes = tagged('Forms', [
  route('POST /v1/forms', {
    roles: MARKETING,
    summary: 'Publishes a page on which people agree, at /f/{slug}.',
    body: NewForm,
    reply: FormView,
    status: 201,
    run: async ({ api, tx, caller, body, language }) => {
      await refuseUnknownSender(tx, api);
      const terms = await termsOf(tx, body);
      const form = await publishForm(tx, api, { slug: body.slug, terms, actor: actorOf(caller) });
      await noteForm({ api, tx, caller }, 'form.published', form);
      return new Answer(201, await viewOf(tx, api, { form, language }), { Location: `/v1/forms/${form.id}` });
    },
  }),
  route('GET /v1/forms', {
    roles: EVERYBODY,
    summary: 'Lists forms, oldest first.',
    query: PageQuery,
    reply: listOf(FormView),
    run: async ({ api, tx, query, language }) => {
      const { items, next } = await readPage(query, (page) => readFormPage(tx, page));
      return { items: await viewsOf(tx, api, { forms: items, language }), next };
    },
  }),
  route('GET /v1/forms/{id}', {
    roles: EVERYBODY,
    summary: 'Shows a form as it stands.',
    params: ById,
    reply: FormView,
    run: async ({ api, tx, params: { id }, language }) =>
      viewOf(tx, api, { form: await known(tx, id), language }),
  }),
  route('GET /v1/forms/{id}/versions', {
    roles: EVERYBODY,
    summary: 'Shows every version of a form, oldest first.',
    params: ById,
    reply: z.object({ items: z.array(FormVersionView) }),
    run: async ({ tx, params: { id } }) => {
      await known(tx, id);
      return { items: (await readFormVersions(tx, id)).map(versionOf) };
    },
  }),
  route('PATCH /v1/forms/{id}', {
    roles: MARKETING,
    summary: 'Publishes the next version of a form; the earlier ones stay on record.',
    params: ById,
    body: FormChange,
    reply: FormView,
    run: async ({ api, tx, caller, params: { id }, body, language }) => {
      const before = await known(tx, id);
      const given = await givenTerms(tx, body);
      const form = await reviseForm(tx, api, {
        id,
        change: (terms) => ({ ...terms, ...given }),
        actor: actorOf(caller),
      });
      if (form.version !== before.version) await noteForm({ api, tx, caller }, 'form.published', form);
      return viewOf(tx, api, { form, language });
    },
  }),
  route('POST /v1/forms/{id}/closing', {
    roles: MARKETING,
    summary: 'Takes a form out of service for good; what was agreed on it stays.',
    params: ById,
    reply: FormView,
    run: async ({ api, tx, caller, params: { id }, language }) => {
      const form = await closeForm(tx, api, id);
      await noteForm({ api, tx, caller }, 'form.closed', form);
      return viewOf(tx, api, { form, language });
    },
  }),
  route('POST /v1/forms/{id}/sheets', {
    roles: MARKETING,
    summary: 'Records what somebody ticked and signed on a printed sheet.',
    params: ById,
    body: NewSheet,
    reply: RecordedConsent,
    status: 201,
    run: async ({ api, tx, caller, params: { id }, body }) => {
      const { phone, region, boxes, language, ...sheet } = body;
      const form = await known(tx, id);
      const { contactId, granted } = await recordSheet(
        tx,
        { keys: await api.vault.tenant(tx), clock: api.clock },
        {
          ...sheet,
          formId: id,
          line: mobileLine(phone, { region }),
          ticked: boxes,
          language: language ?? languageOf(form.terms.locale),
          actor: actorOf(caller),
        },
      );
      const answer = recorded(contactId, boxes, granted);
      await noteForm({ api, tx, caller }, 'form.sheet-recorded', form);
      return answer;
    },
  }),
]);

async function known(tx: Transaction, id: string): Promise<Form> {
  return orNotFound(await readForm(tx, id));
}

/** Refuses a form when codes are sent by a real account and the tenant has no sender. */
async function refuseUnknownSender(tx: Transaction, { gateways }: Api): Promise<void> {
  const account = gateways.find((gateway) => gateway.default);
  if (account?.fake !== false) return;
  const tenant = await tenantOf(tx);
  const missing = tenant === undefined ? [] : missingIdentity(tenant);
  if (missing.length > 0) throw new Refusal('IDENTITY_MISSING', { missing });
}

async function termsOf(tx: Transaction, body: z.output<typeof NewForm>): Promise<FormTerms> {
  const { title, purposes, notice = null, confirm, brandId = null, locale, ageCheck, fields, origins } = body;
  const { company } = body;
  await refuseBrand(tx, brandId);
  const rest = {
    title,
    purposes: boxesOf(purposes),
    notice,
    confirm,
    brandId,
    locale,
    ageCheck,
    fields,
    origins,
  };
  const disclosure = await disclosureNow(tx, await knownTenant(tx), rest);
  return { ...rest, company: await companyOf(tx, company), disclosure };
}

async function givenTerms(
  tx: Transaction,
  { company, purposes, ...body }: z.output<typeof FormChange>,
): Promise<Partial<FormTerms>> {
  await refuseBrand(tx, body.brandId ?? null);
  const given = Object.entries(body).filter(([, value]) => value !== undefined);
  return {
    // `Object.fromEntries` loses the types of the names and values.
    ...(Object.fromEntries(given) as Partial<FormTerms>),
    ...(purposes === undefined ? {} : { purposes: boxesOf(purposes) }),
    ...(company === undefined ? {} : { company: await companyOf(tx, company) }),
  };
}

async function refuseBrand(tx: Transaction, brandId: string | null): Promise<void> {
  if (brandId !== null && (await brandById(tx, brandId)) === undefined) throw new Refusal('BRAND_NOT_FOUND');
}

const boxesOf = (boxes: z.output<typeof NewForm>['purposes']): FormTerms['purposes'] =>
  boxes.map(({ purpose, wordingId, translations: { fr, en } }) => ({
    purpose,
    wordingId,
    translations: { ...(fr === undefined ? {} : { fr }), ...(en === undefined ? {} : { en }) },
  }));

async function companyOf(
  tx: Transaction,
  company: z.output<typeof NewForm>['company'],
): Promise<FormTerms['company']> {
  const { name, contact } = typeof company === 'string' ? { name: company, contact: undefined } : company;
  return { name, contact: contact ?? (await tenantOf(tx))?.contact ?? {} };
}

const noteForm = (
  call: Parameters<typeof noteAct>[0],
  action: string,
  { id: subject, slug, version }: Form,
): Promise<void> => noteAct(call, action, { subject, details: { slug, version } });

const versionOf = ({ version, terms, publishedAt }: Form): z.input<typeof FormVersionView> => ({
  version,
  ...terms,
  disclosure: terms.disclosure ?? NOTHING_DISCLOSED,
  publishedAt,
});

type FormShown = z.input<typeof FormView>;

async function viewOf(
  tx: Transaction,
  api: Api,
  { form, language }: { readonly form: Form; readonly language: Language },
): Promise<FormShown> {
  return viewFrom(form, await factsOf(tx, api, [form]), language);
}

/** Makes the views of a page of forms; the number of statements does not depend on theirs. */
async function viewsOf(
  tx: Transaction,
  api: Api,
  { forms, language }: { readonly forms: readonly Form[]; readonly language: Language },
): Promise<FormShown[]> {
  if (forms.length === 0) return [];
  const facts = await factsOf(tx, api, forms);
  return mapInSlices(forms, (form) => viewFrom(form, facts, language));
}

interface Facts {
  /** The wordings of all these forms, by id. */
  readonly wordings: ReadonlyMap<string, Wording>;
  /** The base URL of the forms' pages. */
  readonly base: string;
}

async function factsOf(tx: Transaction, { publicUrl }: Api, forms: readonly Form[]): Promise<Facts> {
  const ids = new Set(forms.flatMap(({ terms }) => wordingIdsOf(terms)));
  // Sent together, so that they take one round trip to the database.
  const [wordings, tenant] = await Promise.all([readWordings(tx, [...ids]), tenantOf(tx)]);
  return {
    wordings: new Map(wordings.map((wording) => [wording.id, wording])),
    base: tenant?.settings.publicUrl ?? publicUrl,
  };
}

function viewFrom(form: Form, { wordings, base }: Facts, language: Language): FormShown {
  const url = `${base}/f/${form.slug}`;
  // In the order in which the wordings were made.
  const shown = wordingIdsOf(form.terms)
    .toSorted()
    .flatMap((id) => wordings.get(id) ?? []);
  return {
    id: form.id,
    slug: form.slug,
    url,
    sheetUrl: `${url}/sheet`,
    state: form.closedAt === null ? 'open' : 'closed',
    ...versionOf(form),
    createdAt: form.createdAt,
    closedAt: form.closedAt,
    findings: formFindings(form, shown, language),
  };
}
