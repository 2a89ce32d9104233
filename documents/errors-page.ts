import type { refusals } from '../src/errors.ts';

type Catalogue = Readonly<Record<string, (typeof refusals)[keyof typeof refusals]>>;

/** The page of every refusal, by status, in the order of the catalogue. */
export function errorsPage(catalogue: Catalogue): string {
  const entries = Object.entries(catalogue);
  const statuses = [...new Set(entries.map(([, { status }]) => status))].toSorted(
    (one, other) => one - other,
  );
  return ['# Refusals', '', INTRODUCTION, ...statuses.flatMap((status) => table(status, entries)), ''].join(
    '\n',
  );
}

function table(
  wanted: number,
  entries: readonly (readonly [string, { readonly status: number; readonly title: string }])[],
): string[] {
  const lines = entries
    .filter(([, { status }]) => status === wanted)
    .map(([code, { title }]) => `| \`${code}\` | ${title} |`);
  return ['', `## ${wanted}`, '', '| Code | Sentence |', '|---|---|', ...lines];
}

const INTRODUCTION = `Printed from \`src/errors.ts\` by \`npm run docs:generate\`.

A refusal is an \`application/problem+json\` (RFC 9457) with \`title\`, \`status\` and \`code\`. The code is the contract: test it,
never the sentence. \`detail\` says more, \`errors\` locates each wrong field by a JSON pointer. A 503 carries \`Retry-After\`.
A 500 carries an \`id\` that the log has too. No refusal repeats a number, a name or a text.`;
