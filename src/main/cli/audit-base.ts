#!/usr/bin/env node
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { auditBase, type BaseAudit } from './base-audit.ts';
import { plainText, unpacked } from '../../upload/index.ts';
import { failureSentence } from '../../reading/index.ts';
import { ProcessClock, Refusal } from '../../platform/index.ts';
import { type TextFrom, CannotStart, html, type Html, inLines } from '../../base/index.ts';
import { said, wordsIn, type Language } from '../../words/index.ts';
import { CONTACT_KEPT, howLong } from '../../law/index.ts';
import { frenchDay, type Day } from '../../rule/index.ts';

const USAGE = `Usage: bonheure-audit contacts.csv [--svg picture.svg] [--english]
Reads the file on this machine, keeps nothing and sends nothing anywhere.`;

/** Reads the text of a file from a byte offset on. */
const textOf = (file: string): TextFrom =>
  async function* from(offset) {
    let passed = 0;
    for await (const piece of plainText(unpacked(createReadStream(file)))) {
      const bytes = Buffer.from(piece);
      const skipped = Math.min(Math.max(offset - passed, 0), bytes.length);
      passed += bytes.length;
      if (skipped < bytes.length) yield bytes.subarray(skipped);
    }
  };

function read(args: readonly string[]) {
  const options = { svg: { type: 'string' }, english: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch {
    throw new CannotStart(USAGE);
  }
}

async function main(): Promise<void> {
  const { values, positionals } = read(process.argv.slice(2));
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new CannotStart(USAGE);
  const clock = new ProcessClock({ movable: false });
  const audited = await auditBase(clock, textOf(file));
  const language = values.english === true ? 'en' : 'fr';
  if (audited.kind === 'unreadable')
    throw new CannotStart(`${file}: ${failureSentence(audited.failure, language)}`);
  const terms = { language, on: frenchDay(clock.now()) } as const;
  process.stdout.write(baseChart(audited.audit, terms));
  if (values.svg !== undefined) await writeFile(values.svg, basePicture(audited.audit, terms).source);
}

const LINES = [
  'rows',
  'mobile',
  'landline',
  'unreadable',
  'named',
  'minor',
  'stale',
  'left',
  'provable',
  'sendable',
] as const;

interface ReportTerms {
  readonly language: Language;
  readonly on: Day;
}

function wordsOn({ language, on }: ReportTerms) {
  const { base } = wordsIn(language).peoplePages;
  return { ...base, stale: base.stale({ span: howLong(CONTACT_KEPT.on(on))[language] }) };
}

const WIDTH = 40;

/** Draws the base as a bar chart for a terminal, from all rows down to those that may be written to. */
function baseChart(audit: BaseAudit, terms: ReportTerms): string {
  const words = wordsOn(terms);
  const figures = new Intl.NumberFormat(terms.language);
  const longest = Math.max(...LINES.map((name) => words[name].length));
  const lines = LINES.map((name) => {
    const share = shareOf(audit[name], audit.rows);
    const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '·');
    return `${words[name].padEnd(longest)}  ${bar}  ${percent(share)}  ${figures.format(audit[name])}`;
  });
  return [words.title, '', ...lines, ''].join('\n');
}

function basePicture(audit: BaseAudit, terms: ReportTerms): Html {
  const words = wordsOn(terms);
  const rows = LINES.map((name, index) => {
    const y = 48 + index * 30;
    const share = shareOf(audit[name], audit.rows);
    const tone = name === 'sendable' || name === 'provable' ? '#0a6a4b' : '#7d8490';
    return html`<text x="20" y="${y + 15}">${words[name]}</text><rect x="240" y="${y}" width="${(share * 360).toFixed(1)}" height="20" rx="3" fill="${tone}"/><text x="612" y="${y + 15}">${percent(share).trim()} · ${audit[name]}</text>`;
  });
  const height = 60 + LINES.length * 30;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 ${height}" font-family="system-ui, sans-serif" font-size="14" role="img" aria-label="${words.title}">
<rect width="740" height="${height}" fill="#fff"/>
<text x="20" y="30" font-size="18" font-weight="600">${words.title}</text>
${inLines(rows)}
</svg>
`;
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

const percent = (share: number): string => `${(100 * share).toFixed(1).padStart(5)} %`;

function sentenceOf(cause: unknown): string {
  if (cause instanceof CannotStart) return cause.message;
  if (cause instanceof Refusal)
    return `${cause.title} ${cause.details.detail === undefined ? '' : said(cause.details.detail, 'en')}`;
  if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return 'There is no such file.';
  throw cause;
}

try {
  await main();
} catch (cause) {
  process.stderr.write(`${sentenceOf(cause)}\n`);
  process.exitCode = 1;
}
