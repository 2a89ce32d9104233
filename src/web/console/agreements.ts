import { z } from 'zod';
import { html, type Html, nothing } from '../../platform/index.ts';
import { closeFormAsked } from './sure-words.ts';
import { pageAsked, readingOf, type ConsoleRoute, type Visit } from './visit.ts';
import { FormView } from '../api/people/form-schema.ts';
import { listOf } from '../server/schema.ts';
import { WordingShown } from '../api/people/consents.ts';
import { actForm, field, onward, tableOf, momentIn, personWord, type Reading } from './page-parts.ts';
import type { ConsolePage } from './frame-page.ts';
import { wordsIn, type Language } from '../../words/index.ts';

/** The pages of wordings and forms. */
export const agreementPages: readonly ConsoleRoute[] = [
  { method: 'get', path: '/agreements', work: show },
  { method: 'post', path: '/agreements/wordings', from: '/agreements', work: keeping },
  { method: 'post', path: '/agreements/forms', from: '/agreements', work: publishing, fieldOf },
  { method: 'post', path: '/agreements/forms/:id/closing', from: '/agreements', work: closing },
];

/** A box is made from one choice. */
function fieldOf(pointer: string, typed: Readonly<Record<string, string>>): string | undefined {
  const [first, place = '0'] = pointer.split('/').slice(1);
  if (first !== 'purposes') return undefined;
  const chosen = AGREED.filter((purpose) => (typed[`box-${purpose}`] ?? '') !== '');
  return `box-${chosen[Number(place)] ?? AGREED[0]}`;
}

const Company = z.looseObject({ legalName: z.string() });
/** A form is made of the wordings on the page. */
const MOST = '200';

async function show(visit: Visit): Promise<void> {
  const asked = pageAsked(visit, 50);
  const isOfWordings = visit.asked('of') === 'wordings';
  const forms = await visit.ask('GET /v1/forms', listOf(FormView), {
    query: isOfWordings ? { limit: '50' } : asked,
  });
  const wordings = await visit.ask('GET /v1/wordings', listOf(WordingShown), {
    query: isOfWordings ? { ...asked, limit: MOST } : { limit: MOST },
  });
  const { legalName } = await visit.ask('GET /v1/tenant', Company);
  visit.show(
    agreementsPage(readingOf(visit), {
      forms: forms.items,
      nextForms: forms.next,
      wordings: wordings.items,
      nextWordings: wordings.next,
      company: legalName,
      mayPublish: visit.may('POST /v1/forms'),
    }),
  );
}

async function keeping(visit: Visit): Promise<void> {
  const body = { purpose: visit.said('purpose'), text: visit.said('text'), locale: visit.language };
  await visit.order('POST /v1/wordings', { body });
  visit.goTo('/agreements');
}

async function publishing(visit: Visit): Promise<void> {
  const purposes = AGREED.flatMap((purpose) => {
    const wordingId = visit.said(`box-${purpose}`);
    return wordingId === undefined ? [] : [{ purpose, wordingId }];
  });
  const body = {
    slug: visit.said('slug'),
    title: visit.said('title'),
    company: visit.said('company'),
    confirm: visit.said('confirm'),
    purposes,
  };
  await visit.order('POST /v1/forms', { body });
  visit.goTo('/agreements');
}

async function closing(visit: Visit): Promise<void> {
  const params = { id: visit.param('id') };
  if (!visit.isSure) {
    visit.needs('POST /v1/forms/{id}/closing');
    visit.askFirst(
      closeFormAsked(await visit.ask('GET /v1/forms/{id}', FormView, { params }), visit.language),
    );
    return;
  }
  await visit.order('POST /v1/forms/{id}/closing', { params });
  visit.goTo('/agreements');
}

/** The purposes of consent, in the order of forms. */
const AGREED = ['marketing', 'appointment', 'renewal', 'payment'] as const;

type FormSeen = z.output<typeof FormView>;

type WordingSeen = z.output<typeof WordingShown>;

/** The wordings, and the forms with them. */
interface AgreementsSeen {
  readonly forms: readonly FormSeen[];
  readonly nextForms: string | null;
  readonly wordings: readonly WordingSeen[];
  readonly nextWordings: string | null;
  readonly company: string;
  readonly mayPublish: boolean;
}

/** Shows forms with their links, wordings with their findings, and the forms to make new ones. */
function agreementsPage(reading: Reading, seen: AgreementsSeen): ConsolePage {
  const { language } = reading;
  const words = wordsIn(language).peoplePages.agreements;
  return {
    title: words.title,
    main: html`<h2>${words.forms}</h2>
<p>${words.formsLead}</p>
${formTable(seen, language)}
${onward('/agreements', seen.nextForms, language)}
${seen.mayPublish ? newForm(seen, language) : ''}
<h2>${words.wordings}</h2>
<p>${words.wordingsLead}</p>
${wordingTable(seen, reading)}
${onward('/agreements?of=wordings', seen.nextWordings, language)}
${seen.mayPublish ? newWording(language) : ''}`,
  };
}

function formTable({ forms, mayPublish }: AgreementsSeen, language: Language): Html {
  const words = wordsIn(language).peoplePages.agreements;
  const rows = forms.map(({ id, title, url, sheetUrl, state, purposes, findings }) => {
    const isOpen = state === 'open';
    const close = actForm({ action: `/agreements/forms/${id}/closing`, label: words.close, about: title });
    return [
      [title, remarks(findings, language)],
      isOpen ? words.open : words.closed,
      purposes.map(({ purpose }) => personWord(purpose, language)).join(', '),
      isOpen ? html`<a href="${url}">${url}</a><br><a href="${sheetUrl}">${words.sheet}</a>` : '–',
      mayPublish && isOpen ? close : '',
    ];
  });
  const columns = [words.form, words.state, words.purposes, words.link, words.close].map((head) => ({
    head,
  }));
  return tableOf({ caption: words.forms, columns, rows, empty: words.noForm });
}

const remarks = (findings: readonly { readonly message: string }[], language: Language): Html =>
  findings.length === 0
    ? nothing
    : html`<details><summary>${wordsIn(language).peoplePages.agreements.findings} (${findings.length})</summary><ul>${findings.map(({ message }) => html`<li>${message}</li>`)}</ul></details>`;

function newForm({ wordings, company }: AgreementsSeen, language: Language): Html {
  const words = wordsIn(language).peoplePages.agreements;
  const boxes = AGREED.map((purpose) => {
    const usable = wordings.filter(({ purposes }) => purposes.includes(purpose));
    const options = usable.map(({ id, text }) => html`<option value="${id}">${shortened(text)}</option>`);
    return html`<div><label for="box-${purpose}">${words.box}${wordsIn(language).punctuation.colon}${personWord(purpose, language)}</label><select id="box-${purpose}" name="box-${purpose}"><option value="">${words.noBox}</option>${options}</select></div>`;
  });
  const confirmations = (
    [
      ['code', words.code],
      ['link', words.linkBy],
      ['off', words.off],
    ] as const
  ).map(([value, label]) => html`<option value="${value}">${label}</option>`);
  return html`<details class="more"><summary>${words.newForm}</summary><form method="post" action="/console/agreements/forms" class="fields">
${field({ name: 'title', label: words.formTitle })}
${field({ name: 'slug', label: words.slug, hint: words.slugHint })}
${field({ name: 'company', label: words.company, value: company })}
${boxes}
<div><label for="confirm">${words.confirm}</label><select id="confirm" name="confirm">${confirmations}</select></div>
<p><button class="main">${words.publish}</button></p></form></details>`;
}

const shortened = (text: string): string => (text.length > 90 ? `${text.slice(0, 89)}…` : text);

function wordingTable({ wordings }: AgreementsSeen, reading: Reading): Html {
  const words = wordsIn(reading.language).peoplePages.agreements;
  const rows = wordings.map(({ text, purposes, origin, inUseFrom, findings }) => [
    html`<q>${text}</q>`,
    purposes.map((purpose) => personWord(purpose, reading.language)).join(', '),
    words[origin],
    inUseFrom === null ? '–' : html`${words.since} ${momentIn(inUseFrom, reading)}`,
    remarks(
      findings.map(({ message, ruleId }) => ({ message: `${message} (${ruleId})` })),
      reading.language,
    ),
  ]);
  const columns = [words.wording, words.purposes, words.origin, words.inUse, words.findings].map((head) => ({
    head,
  }));
  return tableOf({ caption: words.wordings, columns, rows, empty: words.noWording });
}

function newWording(language: Language): Html {
  const words = wordsIn(language).peoplePages.agreements;
  const purposes = AGREED.map(
    (purpose) => html`<option value="${purpose}">${personWord(purpose, language)}</option>`,
  );
  return html`<details class="more"><summary>${words.newWording}</summary><form method="post" action="/console/agreements/wordings" class="fields">
<div><label for="purpose">${words.purpose}</label><select id="purpose" name="purpose">${purposes}</select></div>
<div><label for="wording">${words.wording}</label><textarea id="wording" name="text" required maxlength="5000"></textarea></div>
<p><button class="main">${words.keep}</button></p></form></details>`;
}
