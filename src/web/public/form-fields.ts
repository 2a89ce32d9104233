import type { Request, Response } from 'express';
import { Refusal } from '../../platform/index.ts';
import { budgets } from '../server/budgets.ts';
import { bodyReader, isWritable } from '../server/read-body.ts';

const MOST_FIELDS = 20;
const LONGEST = 500;

const collect = bodyReader(budgets.classes.forms.body);

/** A form's fields, each once, or the reason why it was not read. */
export type FormFields =
  | { readonly kind: 'fields'; readonly fields: ReadonlyMap<string, string> }
  | { readonly kind: 'odd' | 'large' };

/** Reads the fields of a form; a repeated field, or one that nobody could type, is odd. */
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

/** Says whether a form has no other fields than these. */
export const holdsOnly = (fields: ReadonlyMap<string, string>, names: readonly string[]): boolean =>
  [...fields.keys()].every((name) => names.includes(name));
