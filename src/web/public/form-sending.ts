import type { Request, Response } from 'express';
import {
  shownForm,
  type FormOrigin,
  wordingIdsOf,
  answerReference,
  readTicket,
  type TicketReading,
  readForm,
  readWordings,
  type FormActs,
  type FormShown,
} from '../../people/index.ts';
import { type ConsentPurpose } from '../../person/index.ts';
import { Refusal } from '../../platform/index.ts';
import { takeAnswer, type TakenAnswer } from '../../sending/index.ts';
import { readPhone, type PhoneReading } from '../../sms/index.ts';
import type { Language } from '../../words/index.ts';
import { neighbourhood, type BoundedWait } from '../server/bounds.ts';
import { budgets } from '../server/budgets.ts';
import { bodyReader, isWritable } from '../server/read-body.ts';
import { donePage, formPage, type FieldError, addresses } from './form-page.ts';
import {
  frameSitesOf,
  outcomeReply,
  type FormReply,
  formAddressOf,
  visitForm,
  type PublicForms,
  type FormVisit,
} from './form-visit.ts';

const LONGEST_AGENT = 400;

/** Takes one submission of a form; nothing is stored unless all of it is valid. */
export async function sendForm(
  forms: PublicForms & { readonly boundedWait: BoundedWait },
  req: Request,
  { slug, read }: { readonly slug: string; readonly read: FormFields },
): Promise<FormReply> {
  if (read.kind !== 'fields') return outcomeReply(req, read.kind);
  const sending = { forms, req, slug, fields: read.fields };
  const first = await sendOnce(sending);
  if (!('inMs' in first)) return first;
  const later = (await forms.boundedWait.wait(first.inMs)) ? await sendOnce(sending) : first;
  return 'inMs' in later ? outcomeReply(req, 'early') : later;
}

interface Sending {
  readonly forms: PublicForms;
  readonly req: Request;
  readonly slug: string;
  readonly fields: ReadonlyMap<string, string>;
}

/** Takes a submission once; returns how long to wait when it came faster than anybody reads the page. */
async function sendOnce(sending: Sending): Promise<FormReply | { readonly inMs: number }> {
  const { forms, req, slug, fields } = sending;
  return visitForm(forms, { req, slug }, async (visit) => {
    const machineMs = forms.clock.machine();
    const reading = readTicket(visit.ticketKeys, slug, { text: fields.get('ticket') ?? '', machineMs });
    if (reading.kind === 'too-early') return reading;
    if (reading.kind !== 'good') return outcomeReply(req, UNTIMELY[reading.kind], visit);
    return ticketed(sending, visit, reading);
  });
}

const UNTIMELY = { forged: 'odd', 'too-late': 'late' } as const;

/** Takes a submission for the version of the form that was shown, even if there is a newer one. */
async function ticketed(
  sending: Sending,
  visit: FormVisit,
  { ticket, digest }: Extract<TicketReading, { kind: 'good' }>,
): Promise<FormReply> {
  const { req, fields } = sending;
  const { language, version, shownAt } = ticket;
  const form = version === visit.form.version ? visit.form : await readForm(visit.tx, visit.form.id, version);
  if (form === undefined) return outcomeReply(req, 'odd', visit);
  const wordings = await readWordings(visit.tx, wordingIdsOf(form.terms));
  const shown = shownForm(form, wordings, { language, medium: 'screen', on: shownAt });
  const sent = formSent(shown, fields, visit.tenant.territory.slice(0, 2));
  if (sent.kind === 'wrong') return shownAgain(sending, { ...visit, form, shown, errors: sent.errors });
  if (sent.kind !== 'good') return outcomeReply(req, sent.kind, { form, language });
  const taken = await taking(sending, { ...visit, form, shown, sent, shownAt, ticketDigest: digest });
  return takenReply(sending, { ...visit, form, language, taken });
}

function taking(
  { forms, req }: Sending,
  given: FormVisit & {
    readonly shown: ReturnType<typeof shownForm>;
    readonly sent: Extract<FormSent, { kind: 'good' }>;
    readonly shownAt: string;
    readonly ticketDigest: Buffer;
  },
): Promise<TakenAnswer> {
  const { tx, keys, form, shown, shownAt, ticketDigest, formUrl } = given;
  const { line, ticked, adult, firstName } = given.sent;
  const deps = { keys, clock: forms.clock, accountId: forms.accountId };
  const acts = { line, ticked, adult, firstName };
  return takeAnswer(tx, deps, { ...acts, ...originOf(req, formUrl), form, shown, shownAt, ticketDigest });
}

/** Returns what the connection shows of the origin of an act. */
export function originOf(req: Request, formUrl: string): FormOrigin {
  const userAgent = (req.headers['user-agent'] ?? '').replaceAll(/\p{Cc}/gu, ' ').slice(0, LONGEST_AGENT);
  const ip = req.ip ?? '';
  return { formUrl, ip, network: neighbourhood(ip), userAgent };
}

function shownAgain(
  { req, slug, fields }: Sending,
  {
    form,
    shown,
    errors,
  }: Pick<FormVisit, 'form'> & {
    readonly shown: ReturnType<typeof shownForm>;
    readonly errors: Extract<FormSent, { kind: 'wrong' }>['errors'];
  },
): FormReply {
  const page = formPage({
    ...addresses(req, slug, shown.language),
    within: frameSitesOf(req, form),
    shown,
    errors,
    ticket: fields.get('ticket') ?? '',
    phone: fields.get('phone') ?? '',
    firstName: fields.get('firstName') ?? '',
  });
  return { status: 422, page };
}

function takenReply(
  { req, slug }: Sending,
  given: Pick<FormVisit, 'form' | 'ticketKeys'> & {
    readonly language: Language;
    readonly taken: TakenAnswer;
  },
): FormReply {
  const { form, language, taken, ticketKeys } = given;
  if (taken.kind === 'too-many') return outcomeReply(req, 'many', { form, language });
  if (taken.kind === 'done') {
    const { name: company } = form.terms.company;
    const page = donePage({ language, company, within: frameSitesOf(req, form), agreed: [], blocked: [] });
    return { status: 200, page };
  }
  const reference = answerReference(ticketKeys[0], slug, taken.answerId);
  const location = formAddressOf(req, `/f/${slug}/code`, { language, more: { a: reference } });
  if (taken.kind === 'waiting') return { status: 303, location };
  const onward = form.terms.confirm === 'code' ? { onward: { href: location, word: 'toCode' as const } } : {};
  return outcomeReply(req, 'again', { form, language, ...onward });
}

type FormSent =
  | { readonly kind: 'odd' | 'refused' }
  | { readonly kind: 'wrong'; readonly errors: readonly FieldError[] }
  | (FormActs & {
      readonly kind: 'good';
      readonly line: Extract<PhoneReading, { kind: 'mobile' }>;
    });

const NAME = /^[\p{L}\p{M}][\p{L}\p{M} '’.-]{0,59}$/u;
/** The name of a hidden field, which only a machine fills in. */
const TRAP = 'relance';

/** Reads a submission of a form; with an unknown field the whole submission is odd. */
function formSent(shown: FormShown, fields: ReadonlyMap<string, string>, region: string): FormSent {
  if (!isOurs(shown, fields)) return { kind: 'odd' };
  if (fields.get('act') === 'refuse') return { kind: 'refused' };
  const line = readPhone(fields.get('phone') ?? '', { region });
  const acts = actsOf(shown, fields);
  const errors = [...boxErrors(acts), ...phoneErrors(line), ...nameErrors(acts), ...ageErrors(shown, acts)];
  if (errors.length > 0 || line.kind !== 'mobile') return { kind: 'wrong', errors };
  return { kind: 'good', line, ...acts };
}

function actsOf({ boxes, adult }: FormShown, fields: ReadonlyMap<string, string>): FormActs {
  const firstName = fields.get('firstName')?.trim() ?? '';
  return {
    ticked: boxes.map(({ purpose }) => purpose).filter((purpose) => fields.get(`box_${purpose}`) === 'yes'),
    adult: adult === undefined ? undefined : fields.get('adult') === 'yes',
    firstName: firstName === '' ? undefined : firstName,
  };
}

const boxErrors = ({ ticked }: FormActs): FieldError[] =>
  ticked.length === 0 ? [{ field: 'boxes', said: 'error-boxes' }] : [];

const nameErrors = ({ firstName }: FormActs): FieldError[] =>
  firstName === undefined || NAME.test(firstName) ? [] : [{ field: 'firstName', said: 'error-firstName' }];

const ageErrors = (shown: FormShown, { adult, ticked }: FormActs): FieldError[] =>
  adult === false && needsAge(shown, ticked) ? [{ field: 'adult', said: 'error-adult' }] : [];

/** Says whether the age is needed: for advertising, and on a form without advertising always. */
const needsAge = ({ boxes }: FormShown, ticked: readonly ConsentPurpose[]): boolean =>
  ticked.includes('marketing') || boxes.every(({ purpose }) => purpose !== 'marketing');

function isOurs({ boxes, adult, firstName }: FormShown, fields: ReadonlyMap<string, string>): boolean {
  const boxNames = [
    ...boxes.map(({ purpose }) => `box_${purpose}`),
    ...(adult === undefined ? [] : ['adult']),
  ];
  const names = ['ticket', 'act', 'phone', TRAP, ...(firstName === undefined ? [] : ['firstName'])];
  return (
    holdsOnly(fields, [...names, ...boxNames]) &&
    (fields.get(TRAP) ?? '') === '' &&
    ['accept', 'refuse'].includes(fields.get('act') ?? 'accept') &&
    boxNames.every((name) => (fields.get(name) ?? 'yes') === 'yes')
  );
}

function phoneErrors(line: PhoneReading): FieldError[] {
  const said = phoneError(line);
  return said === undefined ? [] : [{ field: 'phone', said }];
}

function phoneError(line: PhoneReading): FieldError['said'] | undefined {
  switch (line.kind) {
    case 'mobile':
      return undefined;
    case 'foreign':
      return 'error-phone-foreign';
    case 'landline':
    case 'other':
      return 'error-phone-landline';
    case 'unreadable':
      return line.code === 'PHONE_MISSING' ? 'error-phone-empty' : 'error-phone-wrong';
    default:
      return line satisfies never;
  }
}

const MOST_FIELDS = 20;
const LONGEST = 500;

const collect = bodyReader(budgets.classes.forms.body);

/** The fields of a form, or the reason why they were not read. */
export type FormFields =
  | { readonly kind: 'fields'; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: 'odd' | 'large' };

/** Reads the fields of a form; with a repeated field, or one that nobody could type, it is odd. */
export async function formFields(req: Request, res: Response): Promise<FormFields> {
  if (req.is('application/x-www-form-urlencoded') === false) return { kind: 'odd' };
  try {
    return fieldsOf((await collect(req, res)).toString('utf8'));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { kind: error.code === 'BODY_TOO_LARGE' ? 'large' : 'odd' };
  }
}

function fieldsOf(body: string): FormFields {
  const pairs = [...new URLSearchParams(body)];
  const fields = new Map(pairs);
  const isOdd = pairs.some(([, value]) => value.length > LONGEST || !isWritable(value));
  return isOdd || fields.size < pairs.length || fields.size > MOST_FIELDS
    ? { kind: 'odd' }
    : { kind: 'fields', fields };
}

export const holdsOnly = (fields: ReadonlyMap<string, string>, names: readonly string[]): boolean =>
  [...fields.keys()].every((name) => names.includes(name));
