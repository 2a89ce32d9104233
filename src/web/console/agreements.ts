import { z } from 'zod';
import { html, nothing, type Html } from '../../base/index.ts';
import { wordsIn, type Language } from '../../words/index.ts';
import { WordingShown } from '../api/people/consents.ts';
import { FormView } from '../api/people/form-schema.ts';
import { SuppressionShown } from '../api/people/opt-outs.ts';
import { listOf } from '../server/schema.ts';
import {
  actForm,
  choice,
  field,
  momentIn,
  onward,
  optionsOf,
  personWord,
  tableOf,
  type Reading,
} from './page-parts.ts';
import { optOutQuestion, purposesToEnd } from './people.ts';
import type { ConsoleRoute, Visit } from './visit.ts';

/** The pages of wordings and forms, by which people give consent, and of suppressed numbers. */
export const agreementPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/agreements', work: show },
  { method: 'post', path: '/agreements/wordings', from: '/agreements', work: keeping },
  { method: 'post', path: '/agreements/forms', from: '/agreements', work: publishing, fieldOf },
  { method: 'post', path: '/agreements/forms/:id/closing', from: '/agreements', work: closing },
  { method: 'get', path: '/suppressions', work: suppressions },
  { method: 'post', path: '/suppressions', work: suppressing },
];

/** The purposes of consent, in the order of forms. */
const AGREED = ['marketing', 'appointment', 'renewal', 'payment'] as const;

/** Returns the field of the choice from which a box of a form is made. */
function fieldOf(pointer: string, typed: Readonly<Record<string, string>>): string | undefined {
  const [first, place = '0'] = pointer.split('/').slice(1);
  if (first !== 'purposes') return undefined;
  const chosen = AGREED.filter((purpose) => (typed[`box-${purpose}`] ?? '') !== '');
  return `box-${chosen[Number(place)] ?? AGREED[0]}`;
}

/** Wordings on the page, of which a form is made. */
const MOST = '200';

/** Shows forms with their links, wordings with their findings, and the forms to make new ones. */
async function show(visit: Visit): Promise<void> {
  const asked = visit.pageQuery;
  const isOfWordings = visit.query('of') === 'wordings';
  const forms = await visit.ask('GET /v1/forms', listOf(FormView), {
    query: isOfWordings ? { limit: '50' } : asked,
  });
  const wordings = await visit.ask('GET /v1/wordings', listOf(WordingShown), {
    query: isOfWordings ? { ...asked, limit: MOST } : { limit: MOST },
  });
  const { legalName } = await visit.ask('GET /v1/tenant', z.looseObject({ legalName: z.string() }));
  const mayPublish = visit.may('POST /v1/forms');
  const { language } = visit;
  const words = wordsIn(language).peoplePages.agreements;
  visit.show({
    title: words.title,
    main: html`<h2>${words.forms}</h2>
<p>${words.formsLead}</p>
${formTable(forms.items, mayPublish, language)}
${onward('/agreements', forms.next, language)}
${mayPublish && newForm(wordings.items, legalName, language)}
<h2>${words.wordings}</h2>
<p>${words.wordingsLead}</p>
${wordingTable(wordings.items, visit)}
${onward('/agreements?of=wordings', wordings.next, language)}
${mayPublish && newWording(language)}`,
  });
}

async function keeping(visit: Visit): Promise<void> {
  const body = { purpose: visit.field('purpose'), text: visit.field('text'), locale: visit.language };
  await visit.order('POST /v1/wordings', { body });
  visit.goTo('/agreements');
}

async function publishing(visit: Visit): Promise<void> {
  const purposes = AGREED.flatMap((purpose) => {
    const wordingId = visit.field(`box-${purpose}`);
    return wordingId === undefined ? [] : [{ purpose, wordingId }];
  });
  const body = {
    slug: visit.field('slug'),
    title: visit.field('title'),
    company: visit.field('company'),
    confirm: visit.field('confirm'),
    purposes,
  };
  await visit.order('POST /v1/forms', { body });
  visit.goTo('/agreements');
}

async function closing(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  const asked = { params, back: '/agreements' };
  await visit.orderOnceSure('POST /v1/forms/{id}/closing', asked, async () => {
    const { title } = await visit.ask('GET /v1/forms/{id}', FormView, { params });
    const words = wordsIn(visit.language).sure.form;
    return { title: words.title({ title }), lines: [words.effect], label: words.label };
  });
}

function formTable(
  forms: readonly z.output<typeof FormView>[],
  mayPublish: boolean,
  language: Language,
): Html {
  const words = wordsIn(language).peoplePages.agreements;
  const rows = forms.map(({ id, title, url, sheetUrl, state, purposes, findings }) => {
    const isOpen = state === 'open';
    const close = actForm({ action: `/agreements/forms/${id}/closing`, label: words.close, about: title });
    return [
      [
        title,
        remarks(
          findings.map(({ message }) => message),
          language,
        ),
      ],
      isOpen ? words.open : words.closed,
      purposes.map(({ purpose }) => personWord(purpose, language)).join(', '),
      isOpen ? html`<a href="${url}">${url}</a><br><a href="${sheetUrl}">${words.sheet}</a>` : '–',
      mayPublish && isOpen && close,
    ];
  });
  const columns = [words.form, words.state, words.purposes, words.link, words.close];
  return tableOf({ caption: words.forms, columns, rows, empty: words.noForm });
}

const remarks = (findings: readonly string[], language: Language): Html =>
  findings.length === 0
    ? nothing
    : html`<details><summary>${wordsIn(language).peoplePages.agreements.findings} (${findings.length})</summary><ul>${findings.map((finding) => html`<li>${finding}</li>`)}</ul></details>`;

function newForm(
  wordings: readonly z.output<typeof WordingShown>[],
  company: string,
  language: Language,
): Html {
  const words = wordsIn(language).peoplePages.agreements;
  const boxes = AGREED.map((purpose) => {
    const usable = wordings.filter(({ purposes }) => purposes.includes(purpose));
    const options = usable.map(({ id, text }) => html`<option value="${id}">${shortened(text)}</option>`);
    const label = `${words.box}${wordsIn(language).punctuation.colon}${personWord(purpose, language)}`;
    return choice(`box-${purpose}`, label, [html`<option value="">${words.noBox}</option>`, options]);
  });
  const ways = { code: words.code, link: words.linkBy, off: words.off };
  const confirmations = optionsOf(['code', 'link', 'off'] as const, (way) => ways[way]);
  return html`<details class="more"><summary>${words.newForm}</summary><form method="post" action="/console/agreements/forms" class="fields">
${field({ name: 'title', label: words.formTitle })}
${field({ name: 'slug', label: words.slug, hint: words.slugHint })}
${field({ name: 'company', label: words.company, value: company })}
${boxes}
${choice('confirm', words.confirm, confirmations)}
<p><button class="main">${words.publish}</button></p></form></details>`;
}

const shortened = (text: string): string => (text.length > 90 ? `${text.slice(0, 89)}…` : text);

function wordingTable(wordings: readonly z.output<typeof WordingShown>[], reading: Reading): Html {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.agreements;
  const rows = wordings.map(({ text, purposes, origin, inUseFrom, findings }) => [
    html`<q>${text}</q>`,
    purposes.map((purpose) => personWord(purpose, language)).join(', '),
    words[origin],
    inUseFrom === null ? '–' : html`${words.since} ${momentIn(inUseFrom, reading)}`,
    remarks(
      findings.map(({ message, ruleId }) => `${message} (${ruleId})`),
      language,
    ),
  ]);
  const columns = [words.wording, words.purposes, words.origin, words.inUse, words.findings];
  return tableOf({ caption: words.wordings, columns, rows, empty: words.noWording });
}

function newWording(language: Language): Html {
  const words = wordsIn(language).peoplePages.agreements;
  const purposes = optionsOf(AGREED, (purpose) => personWord(purpose, language));
  return html`<details class="more"><summary>${words.newWording}</summary><form method="post" action="/console/agreements/wordings" class="fields">
${choice('purpose', words.purpose, purposes)}
<div><label for="wording">${words.wording}</label><textarea id="wording" name="text" required maxlength="5000"></textarea></div>
<p><button class="main">${words.keep}</button></p></form></details>`;
}

/** Shows suppressed numbers, without their digits. */
async function suppressions(visit: Visit): Promise<void> {
  const { items, next } = await visit.list('GET /v1/suppressions', SuppressionShown);
  const { language } = visit;
  const words = wordsIn(language).peoplePages.records;
  const rows = items.map(({ since, purpose, source, liftedAt, contactId }) => [
    momentIn(since, visit),
    personWord(purpose, language),
    source,
    momentIn(liftedAt, visit),
    contactId === null ? '–' : html`<a href="/console/people/${contactId}">${words.see}</a>`,
  ]);
  const columns = [words.since, words.purpose, words.source, words.lifted, words.person];
  const adding = html`<form method="post" action="/console/suppressions" class="acts" aria-label="${words.add}">${field({ name: 'phone', label: words.phone, type: 'tel' })}<div><label for="purpose">${words.purpose}</label> <select id="purpose" name="purpose">${purposesToEnd(language)}</select></div><button>${words.record}</button></form>`;
  visit.show({
    title: words.suppressions,
    main: html`<p>${words.suppressionsLead}</p>
${visit.may('POST /v1/suppressions') && adding}
${tableOf({ caption: words.suppressions, columns, rows, empty: words.nobody })}
${onward('/suppressions', next, language)}`,
  });
}

async function suppressing(visit: Visit): Promise<void> {
  const [phone, purpose] = [visit.field('phone'), visit.field('purpose')];
  const asked = { body: { phone, purpose, source: 'console' }, back: '/suppressions' };
  await visit.orderOnceSure('POST /v1/suppressions', asked, async () => {
    // Refuses an impossible number before the question is shown.
    await visit.order('POST /v1/contacts/search', { body: { phone } });
    return optOutQuestion({ purpose, who: phone ?? '' }, visit.language);
  });
}
