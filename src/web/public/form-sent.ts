import type { FormActs, FormShown, ConsentPurpose } from '../../people/index.ts';
import type { FieldError } from './form-page.ts';
import { readPhone, type PhoneReading } from '../../sms/index.ts';
import { holdsOnly } from './form-fields.ts';

/** A submitted form, as far as it is authentic. */
export type FormSent =
  | { readonly kind: 'odd' | 'refused' }
  | { readonly kind: 'wrong'; readonly errors: readonly FieldError[] }
  | (FormActs & {
      readonly kind: 'good';
      readonly line: Extract<PhoneReading, { kind: 'mobile' }>;
    });

const NAME = /^[\p{L}\p{M}][\p{L}\p{M} '’.-]{0,59}$/u;
/** A hidden field: a machine fills every field it finds. */
const TRAP = 'relance';

/** Reads a submission of a form; an unknown field makes all of it odd. */
export function formSent(shown: FormShown, fields: ReadonlyMap<string, string>, region: string): FormSent {
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

/** Advertising needs it; a form without advertising asks for all it shows. */
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
