import { refusalOnPage, type Refusal, type RefusalCode, type RefusalDetails } from '../../platform/index.ts';
import { attributes, html, trusted, escaped, type Html } from '../../base/index.ts';
import { isForPeople, said, wordsIn, bilingual, type Language, type Catalogue } from '../../words/index.ts';
import { refusedFileSentence } from '../../upload/index.ts';
import type { ConsolePage } from './frame-page.ts';

/** A form that was sent and refused. */
export interface RefusedForm {
  readonly refusal: Refusal;
  /** The address to which it was sent. */
  readonly to: string;
  readonly typed: Typed;
  /** Returns the form's field for the JSON pointer of a field of the API, when their names differ. */
  readonly fieldOf?: ((pointer: string, typed: Typed) => string | undefined) | undefined;
}

/** The fields to correct for refusals that name none; the first one that the form has counts. */
const FIELDS: Partial<Readonly<Record<RefusalCode, readonly string[]>>> = {
  CONTENT_REFUSED: ['text', 'name'],
  EXPIRE_AT_PASSED: ['expireAt'],
  FORM_CLOSED: ['title'],
  IMPORT_LINE_TOO_LONG: ['file'],
  IMPORT_NOT_CSV: ['file'],
  IMPORT_TOO_LARGE: ['file'],
  IMPORT_UNREADABLE: ['file'],
  MEDIA_TYPE_NOT_SUPPORTED: ['file'],
  NUMBER_INVALID: ['phone'],
  NUMBER_NOT_MOBILE: ['phone'],
  OPT_OUT_IMPOSSIBLE: ['text'],
  PHONE_AMBIGUOUS: ['phone'],
  PHONE_DAMAGED_BY_EXCEL: ['phone'],
  REASON_NEEDED: ['reason'],
  SENDER_INVALID: ['sender'],
  SENDER_NOT_YOURS: ['sender'],
  STALE_WHEN_HELD: ['acknowledge'],
  TEXT_CANNOT_RENDER: ['text'],
  TIME_ZONE_CONTRADICTS: ['timeZone'],
  TIME_ZONE_UNKNOWN: ['timeZone'],
  TOO_MANY_PARTS: ['text'],
  WORDING_WEAK: ['text'],
};

/** Says whether a page has the form that was sent. */
export const bearsForm = (page: Html, sent: RefusedForm): boolean =>
  formSentTo(page.source, sent) !== undefined;

/** Returns the page with the form as it was typed, and with each error in words. */
export function shownAgain({ source: page }: Html, sent: RefusedForm, language: Language): Html {
  const form = formSentTo(page, sent);
  const { errors, rest } = judged(sent, form, language);
  const words = againWords(language);
  const isLocated = Object.keys(errors).length > 0;
  // Browsers do not keep a file that was chosen.
  const located = words[form?.html.includes(' type="file"') === true ? 'file' : 'located'];
  const sentence = [isLocated ? located : words.nothing, ...rest].join(' ');
  const focus = attributes({ tabindex: !isLocated && '-1', autofocus: !isLocated });
  const alert = html`</h1>\n<p class="alert" role="alert"${focus}>${sentence}</p>`;
  const again = form === undefined ? page : withFormAgain(page, form, { typed: sent.typed, errors });
  return trusted(again.replace('</h1>', () => alert.source));
}

/** The sentences above a refused form, and at an empty or unknown field. */
const againWords = (language: Language): Catalogue['wanted']['said'] => wordsIn(language).wanted.said;

/** Returns what a field expects, in words; undefined for a field that no page has. */
function wantedAt(name: string, language: Language): string | undefined {
  const fields: Readonly<Record<string, string>> = wordsIn(language).wanted.fields;
  const asked = name.replace(/^dataProtectionOfficer\./, 'contact.');
  return fields[asked] ?? fields[/^[a-z]+/i.exec(asked)?.[0] ?? ''];
}

interface Judged {
  /** The errors of fields, by name. */
  readonly errors: Typed;
  /** The errors that concern no field of the form. */
  readonly rest: readonly string[];
}

function judged(sent: RefusedForm, form: FormOnPage | undefined, language: Language): Judged {
  const { code, details } = sent.refusal;
  const names = form?.names ?? [];
  const located: Record<string, string> = {};
  const rest: string[] = [];
  for (const error of details.errors ?? []) {
    const name = fieldAt(error.pointer, sent, names);
    const sentence = sentenceOf(error, { code, language, typed: sent.typed, name });
    if (name !== undefined) located[name] = located[name] ?? sentence;
    else if (isForPeople(error.message)) rest.push(sentence);
  }
  if (Object.keys(located).length > 0) return { errors: located, rest: rest.filter(isSaid) };
  const whole = [refusalOnPage(code, language), refusedDetail(language, details) ?? '', ...rest];
  const sentence = whole.filter(isSaid);
  const only = FIELDS[code]?.find((name) => names.includes(name));
  return only === undefined
    ? { errors: {}, rest: sentence }
    : { errors: { [only]: sentence.join(' ') }, rest: [] };
}

/** Returns the form's field for a field of the API; for a group of fields, one of the group. */
function fieldAt(
  pointer: string,
  { fieldOf, typed }: RefusedForm,
  names: readonly string[],
): string | undefined {
  const [first = '', second = '', third = ''] = pointer.split('/').slice(1);
  const wanted = [fieldOf?.(pointer, typed), `${first}.${second}`, `${first}.${third}`, first];
  return wanted.find((name) => name !== undefined && names.includes(name)) ?? inGroup(first, names);
}

const inGroup = (group: string, names: readonly string[]): string | undefined =>
  group === '' ? undefined : names.find((name) => name.startsWith(`${group}.`));

const isSaid = (sentence: string): boolean => sentence !== '';

/**
 * Returns an error in words for people; empty when the API's message is for programs, and the form does not have the
 * field.
 */
function sentenceOf(
  { pointer, message }: NonNullable<RefusalDetails['errors']>[number],
  {
    code,
    language,
    typed,
    name,
  }: {
    readonly code: RefusalCode;
    readonly language: Language;
    readonly typed: Typed;
    readonly name: string | undefined;
  },
): string {
  const sentence = withoutCode(said(message, language));
  if ((isForPeople(message) || code !== 'INVALID_REQUEST') && !readsAsProgram(sentence)) return sentence;
  const whole = name?.includes('.') === true && pointer.lastIndexOf('/') === 0;
  const asked = whole ? wantedAt(pointer.slice(1), language) : undefined;
  if (asked !== undefined) return asked;
  if (name === undefined) return '';
  const words = againWords(language);
  if ((typed[name] ?? '').trim() === '') return words.empty;
  return wantedAt(name, language) ?? words.other;
}

/**
 * Says whether a sentence names a field of the API, or writes a moment as programs do. Names in braces, which are
 * variables of texts, do not count.
 */
const readsAsProgram = (sentence: string): boolean =>
  /(?<![{\w])[a-z]+[A-Z]\w*|\d{4}-\d\d-\d\dT\d/.test(sentence);

/** Removes codes, which are for programs. */
const withoutCode = (sentence: string): string => sentence.replaceAll(/ \([A-Z]+(?:_[A-Z]+)+\)/g, '');

type Typed = Readonly<Record<string, string>>;

/** A form on a page: where it begins, its markup, and the fields that people fill in. */
interface FormOnPage {
  readonly start: number;
  readonly html: string;
  readonly names: readonly string[];
}

/** Matches a field with its tag. Texts and values are escaped, so that they have no `<` or `>`. */
const CONTROL =
  /<input\b[^<>]*>|<textarea\b[^<>]*>[^<]*<\/textarea>|<select\b[^<>]*>(?:[^<]*<\/?opt(?:ion|group)\b[^<>]*>)*[^<]*<\/select>/g;

/** The types of fields that nobody fills in, and those whose value a page never repeats. */
const UNSEEN: ReadonlySet<string> = new Set(['hidden', 'submit']);
const NEVER_ECHOED: ReadonlySet<string> = new Set(['hidden', 'password', 'file', 'submit']);

/** Finds the form of a page that is sent to that address; of several, the one whose hidden fields were sent. */
export function formSentTo(
  page: string,
  { to, typed }: { readonly to: string; readonly typed: Typed },
): FormOnPage | undefined {
  const action = `action="${escaped(to)}"`;
  const found = formsOf(page).filter(({ html: markup }) => markup.includes(action));
  const nearest = found.toSorted((one, other) => apart(one.html, typed) - apart(other.html, typed))[0];
  if (nearest === undefined) return undefined;
  const names = controlsOf(nearest.html).filter((control) => !UNSEEN.has(typeOf(control)));
  return { ...nearest, names: names.map((control) => valueOf(control, 'name')) };
}

const FORM = { opens: '<form', closes: '</form>' } as const;

function formsOf(page: string): readonly Pick<FormOnPage, 'start' | 'html'>[] {
  const found: Pick<FormOnPage, 'start' | 'html'>[] = [];
  let start = page.indexOf(FORM.opens);
  while (start !== -1) {
    const closing = page.indexOf(FORM.closes, start);
    if (closing === -1) return found;
    const end = closing + FORM.closes.length;
    found.push({ start, html: page.slice(start, end) });
    start = page.indexOf(FORM.opens, end);
  }
  return found;
}

/** Counts the hidden fields whose value is not the one that was sent. */
const apart = (form: string, typed: Typed): number =>
  controlsOf(form).filter(
    (control) =>
      typeOf(control) === 'hidden' &&
      valueOf(control, 'value') !== escaped(typed[valueOf(control, 'name')] ?? ''),
  ).length;

const controlsOf = (form: string): string[] => [...form.matchAll(CONTROL)].map(([control]) => control);

/** Returns the page with that form as it was typed, and the errors at its fields; the first of these gets the focus. */
export function withFormAgain(
  page: string,
  form: FormOnPage,
  { typed, errors }: { readonly typed: Typed; readonly errors: Typed },
): string {
  const first = form.names.find((name) => errors[name] !== undefined);
  const again = form.html.replaceAll(CONTROL, (control) => {
    const name = valueOf(control, 'name');
    const filled = filledIn(control, typed[name] ?? (typeOf(control) === 'checkbox' ? '' : undefined));
    const error = UNSEEN.has(typeOf(control)) ? undefined : errors[name];
    return error === undefined ? filled : pointedOut(filled, { name, error, isFirst: name === first });
  });
  const [before, after] = [page.slice(0, form.start), page.slice(form.start + form.html.length)];
  return `${opened(before)}${again}${after}`;
}

function opened(before: string): string {
  const at = before.lastIndexOf('<details');
  if (at <= before.lastIndexOf('</details>')) return before;
  return `${before.slice(0, at)}<details open${before.slice(at + '<details'.length)}`;
}

function filledIn(control: string, value: string | undefined): string {
  if (value === undefined || NEVER_ECHOED.has(typeOf(control))) return control;
  // NUL is not allowed in HTML.
  const text = escaped(value.replaceAll('\0', ''));
  if (control.startsWith('<textarea'))
    return `${control.slice(0, control.indexOf('>'))}>\n${text}</textarea>`;
  if (control.startsWith('<select')) return chosen(control, text);
  if (typeOf(control) === 'checkbox') {
    const bare = control.replace(' checked', '');
    return valueOf(control, 'value') === text ? bare.replace(/>$/, ' checked>') : bare;
  }
  const bare = control.replace(/ value="[^"]*"/, '');
  return bare.replace(/>$/, () => ` value="${text}">`);
}

/** Selects the typed option of a choice, if it has it. */
function chosen(control: string, text: string): string {
  const option = `<option value="${text}"`;
  if (!control.includes(option)) return control;
  return control
    .replaceAll(/(<option\b[^<>]*) selected/g, '$1')
    .replace(option, () => `<option value="${text}" selected`);
}

function pointedOut(
  control: string,
  { name, error, isFirst }: { readonly name: string; readonly error: string; readonly isFirst: boolean },
): string {
  const id = `${name}-error`;
  const hint = valueOf(control, 'aria-describedby');
  const marked = ` aria-invalid="true" aria-describedby="${id}${hint === '' ? '' : ` ${hint}`}"${isFirst ? ' autofocus' : ''}>`;
  const bare = control.replace(/ aria-describedby="[^"]*"/, '');
  return `${bare.replace('>', () => marked)}<span class="warned" id="${id}">${escaped(error)}</span>`;
}

const typeOf = (control: string): string => valueOf(control, 'type');

/** Returns the value of an attribute of the first tag, as it is written. */
function valueOf(control: string, attribute: string): string {
  const tag = control.slice(0, control.indexOf('>'));
  return tag.split(` ${attribute}="`)[1]?.split('"')[0] ?? '';
}

const WAY_BACK = bilingual.consolePages.wayBack;

/** Renders the page of a refusal, for an address that has no form to correct. */
export function refusedPage(
  language: Language,
  { code, details }: { readonly code: RefusalCode; readonly details: RefusalDetails },
): ConsolePage {
  const more = refusedDetail(language, details);
  return {
    title: wordsIn(language).consolePages.notPossible,
    main: html`<p class="alert" role="alert">${refusalOnPage(code, language)}</p>
${more === undefined ? '' : html`<p>${more}</p>`}
<p><a href="/console">${WAY_BACK[language]}</a></p>`,
  };
}

/** Returns the details of a refusal for people; those for programs, or in another language, are left out. */
function refusedDetail(language: Language, { detail, ...details }: RefusalDetails): string | undefined {
  const file = refusedFileSentence(details, language);
  if (file !== undefined || detail === undefined) return file;
  return isForPeople(detail) ? detail[language] : undefined;
}
