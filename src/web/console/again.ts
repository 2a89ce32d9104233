import {
  attributes,
  html,
  type Html,
  type Refusal,
  type RefusalCode,
  type RefusalDetails,
  refusalOnPage,
  trusted,
} from '../../platform/index.ts';
import { formSentTo, withFormAgain, type FormOnPage, type Typed } from './again-page.ts';
import { refusedDetail } from './refused-page.ts';
import { isForPeople, said, type Language, wordsIn, type Catalogue } from '../../words/index.ts';

/** A submitted and refused form. */
export interface RefusedForm {
  readonly refusal: Refusal;
  /** The address it was sent to. */
  readonly to: string;
  readonly typed: Typed;
  /** Returns the form's field for a field of the API, where their names differ. */
  readonly fieldOf?: ((pointer: string, typed: Typed) => string | undefined) | undefined;
}

/** The field to correct for a refusal that names none; the first one in the form. */
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

/** Says whether the page contains the form that was sent. */
export const bearsForm = (page: Html, sent: RefusedForm): boolean =>
  formSentTo(page.source, sent) !== undefined;

/** Returns the page with the form once more: with the typed values, and each fault in words. */
export function shownAgain({ source: page }: Html, sent: RefusedForm, language: Language): Html {
  const form = formSentTo(page, sent);
  const { errors, rest } = judged(sent, form, language);
  const words = againWords(language);
  const isLocated = Object.keys(errors).length > 0;
  // A browser keeps no file that was chosen.
  const located = words[form?.html.includes(' type="file"') === true ? 'file' : 'located'];
  const sentence = [isLocated ? located : words.nothing, ...rest].join(' ');
  const focus = attributes({ tabindex: !isLocated && '-1', autofocus: !isLocated });
  const alert = html`</h1>\n<p class="alert" role="alert"${focus}>${sentence}</p>`;
  const again = form === undefined ? page : withFormAgain(page, form, { typed: sent.typed, errors });
  return trusted(again.replace('</h1>', () => alert.source));
}

/** The sentences above a refused form, and at an empty or unknown field. */
const againWords = (language: Language): Catalogue['wanted']['said'] => wordsIn(language).wanted.said;

/** Returns the expectation on a field; undefined for one that no page has. */
function wantedAt(name: string, language: Language): string | undefined {
  const fields: Readonly<Record<string, string>> = wordsIn(language).wanted.fields;
  const asked = name.replace(/^dataProtectionOfficer\./, 'contact.');
  return fields[asked] ?? fields[/^[a-z]+/i.exec(asked)?.[0] ?? ''];
}

interface Judged {
  /** Faults at fields, by name. */
  readonly errors: Typed;
  /** The faults that concern no field. */
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

/** Returns the form's field for a field of the API; one of a group where it names the group. */
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

/** Returns the sentence for people; empty when the API’s message is for programs and the form has no such field. */
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
 * Says whether a sentence names a field of the API or writes a moment as programs do; the permitted content of a
 * text is no such name.
 */
const readsAsProgram = (sentence: string): boolean =>
  /(?<![{\w])[a-z]+[A-Z]\w*|\d{4}-\d\d-\d\dT\d/.test(sentence);

/** Codes are for programs. */
const withoutCode = (sentence: string): string => sentence.replaceAll(/ \([A-Z]+(?:_[A-Z]+)+\)/g, '');
