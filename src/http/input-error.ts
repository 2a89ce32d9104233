import { z } from 'zod';
import { Refusal } from '../errors.ts';
import type { Language } from '../law/rule.ts';
import { fieldSentence } from './field-sentence.ts';

/** One wrong field, located by a JSON pointer. */
export interface InputError {
  readonly in: 'body' | 'query';
  readonly pointer: string;
  readonly message: string;
}

/** Nobody puts more right in one go; the answer to a wrong list stays short. */
const MOST_ERRORS = 100;
const UNKNOWN_KEY = { fr: 'Clé non reconnue :', en: 'Unrecognized key:' };

const wordings = { fr: z.locales.fr().localeError, en: z.locales.en().localeError };

/** The parsed value, or a refusal that points at every wrong field. */
export function parsed<S extends z.ZodType>(
  schema: S,
  value: unknown,
  { where, language }: { readonly where: InputError['in']; readonly language: Language },
): z.output<S> {
  const result = schema.safeParse(value, { error: wordings[language] });
  if (result.success) return result.data;
  const errors = errorsOf(result.error.issues.slice(0, MOST_ERRORS), { where, language });
  throw new Refusal('INVALID_REQUEST', { errors: errors.slice(0, MOST_ERRORS) });
}

interface Told {
  readonly where: InputError['in'];
  readonly language: Language;
}

function errorsOf(issues: readonly z.core.$ZodIssue[], told: Told): InputError[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue, told);
    if (issue.code === 'invalid_union') return unionErrors(issue, told);
    return [wrongField(issue, told)];
  });
}

const wrongField = (
  { path, message }: Pick<z.core.$ZodIssue, 'path' | 'message'>,
  { where, language }: Told,
): InputError => ({ in: where, pointer: pointerTo(path), message: fieldSentence(message, language) });

/** One complaint a key: zod's own names them all at once. */
function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, { where, language }: Told): InputError[] {
  return issue.keys.slice(0, MOST_ERRORS).map((key) => ({
    in: where,
    pointer: pointerTo([...issue.path, key]),
    message: `${UNKNOWN_KEY[language]} "${key}"`,
  }));
}

/** The complaints of the alternative that came nearest. */
function unionErrors(issue: z.core.$ZodIssueInvalidUnion, told: Told): InputError[] {
  const nearest = issue.errors.toSorted((one, other) => one.length - other.length)[0] ?? [];
  const deeper = nearest.map((inner) => Object.assign({}, inner, { path: [...issue.path, ...inner.path] }));
  if (deeper.length > 0) return errorsOf(deeper.slice(0, MOST_ERRORS), told);
  return [wrongField(issue, told)];
}

/** A JSON pointer (RFC 6901). */
export function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
