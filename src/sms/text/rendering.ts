import type { Clause, Sentence, Variable } from './clause.ts';
import type { Template } from './template.ts';

/** Values of variables; absent and blank ones are empty. */
export type Values = Readonly<Record<string, string | undefined>>;

/** The final text, or the variables without which it says nothing. */
export type Rendered =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'cannot-render';
      readonly code: 'TEXT_CANNOT_RENDER';
      readonly missing: readonly string[];
    };

/** Little words that make no sense without what follows them. */
const TIED =
  /(?:^|\s)(?:de|du|des|d'|le|la|les|l'|à|au|aux|avec|pour|chez|par|en|dans|sur|of|the|at|on|with|for|to|in|by)\s*$/i;

/**
 * Fills a template once: a value that holds `{x}` stays as it is. A clause all of whose variables are empty is
 * dropped whole, and so is a lead-in to it.
 */
export function render(template: Template, values: Values): Rendered {
  const clean = cleaned(template, values);
  const missing = template.needed.filter((name) => clean(name) === '');
  const text =
    missing.length > 0
      ? ''
      : template.sentences
          .map((one) => sentence(one, clean))
          .join('')
          .trim();
  return text === ''
    ? { kind: 'cannot-render', code: 'TEXT_CANNOT_RENDER', missing }
    : { kind: 'text', text };
}

type Clean = (name: string) => string;

function cleaned(template: Template, values: Values): Clean {
  const clean = new Map(template.variables.map((name) => [name, cleanValue(own(values, name))]));
  return (name) => clean.get(name) ?? '';
}

const own = (values: Values, name: string): string => (Object.hasOwn(values, name) ? values[name] : '') ?? '';

/** Cleans a value to one line of visible characters: no control, direction or zero-width sign survives. */
export function cleanValue(value: string): string {
  return value
    .normalize('NFC')
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
}

function sentence({ clauses, close }: Sentence, clean: Clean): string {
  const kept = clauses.filter((_, at) => !drops(clauses, at, clean));
  const [first, ...others] = kept;
  if (first === undefined) return '';
  const words = clauseText(first, clean) + others.map((one) => one.lead + clauseText(one, clean)).join('');
  return (first === clauses[0] ? words : capitalised(words.trimStart())) + close;
}

/** Says whether a clause is dropped: for its own variables, or as the lead-in to a dropped clause. */
function drops(clauses: readonly Clause[], at: number, clean: Clean): boolean {
  const clause = clauses[at];
  if (clause === undefined) return false;
  const variables = variablesOf(clause);
  if (variables.length > 0) return variables.every((variable) => isEmpty(variable, clean));
  const next = clauses[at + 1];
  return next?.joint === 'colon' && drops(clauses, at + 1, clean);
}

const variablesOf = (clause: Clause): Variable[] =>
  clause.pieces.filter((piece) => typeof piece !== 'string');

const isEmpty = ({ name, otherwise }: Variable, clean: Clean): boolean =>
  otherwise === undefined && clean(name) === '';

function clauseText({ pieces }: Clause, clean: Clean): string {
  return pieces.reduce<string>((text, piece) => {
    if (typeof piece === 'string') return joined(text, piece);
    return isEmpty(piece, clean) ? text.replace(TIED, ' ') : text + valueOf(piece, clean);
  }, '');
}

const valueOf = ({ name, otherwise }: Variable, clean: Clean): string => {
  const value = clean(name);
  return value === '' ? (otherwise ?? '') : value;
};

/** Joins two spaces around a variable that left nothing. */
const joined = (text: string, words: string): string =>
  text === '' || text.endsWith(' ') ? text + words.trimStart() : text + words;

const capitalised = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
