import type { fileFailures } from '../src/contacts/import-failure.ts';
import type { refusals } from '../src/errors.ts';

type Catalogue = Readonly<Record<string, (typeof refusals)[keyof typeof refusals]>>;

/** The page of every refusal, by status, in the order of the catalogue, and of what a received file may fail with. */
export function errorsPage(catalogue: Catalogue, failures: typeof fileFailures): string {
  const entries = Object.entries(catalogue);
  const statuses = [...new Set(entries.map(([, { status }]) => status))].toSorted(
    (one, other) => one - other,
  );
  const tables = statuses.flatMap((status) => table(status, entries));
  return ['# Refusals', '', INTRODUCTION, ...tables, ...files(failures), ''].join('\n');
}

function files(failures: typeof fileFailures): string[] {
  const lines = Object.entries(failures).map(([code, { en }]) => `| \`${code}\` | ${en} |`);
  return ['', '## Files that were received, and cannot be read', '', FILES, '', ...HEAD, ...lines];
}

function table(
  wanted: number,
  entries: readonly (readonly [string, { readonly status: number; readonly title: string }])[],
): string[] {
  const lines = entries
    .filter(([, { status }]) => status === wanted)
    .map(([code, { title }]) => `| \`${code}\` | ${title} |`);
  return ['', `## ${wanted}`, '', ...HEAD, ...lines];
}

const HEAD = ['| Code | Sentence |', '|---|---|'];

const FILES = `Printed from \`src/contacts/import-failure.ts\`. Such an import is \`failed\`, or \`parked\` where a row stops its reading, with one of
these codes in \`failure\`; so is a file that was only tried. \`failureDetail\` says what was found, on which line, what was
expected and what to do, in the language of \`Accept-Language\`; nothing that a cell says.`;

const INTRODUCTION = `Printed from \`src/errors.ts\` by \`npm run docs:generate\`.

A refusal is an \`application/problem+json\` (RFC 9457) with \`title\`, \`status\` and \`code\`. The code is the contract: test it,
never the sentence. \`detail\` says more, \`errors\` locates each wrong field by a JSON pointer. A 503 carries \`Retry-After\`.
A 500 carries an \`id\` that the log has too. No refusal repeats a number, a name or a text.`;
