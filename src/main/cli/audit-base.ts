#!/usr/bin/env node
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ProcessClock } from '../../platform/clock.ts';
import { auditBase } from '../../people/import/audit-base.ts';
import type { TextFrom } from '../../platform/csv/csv-reader.ts';
import { failureSentence } from '../../people/import/import-failure.ts';
import { plainText } from '../../people/import/import-text.ts';
import { unpacked } from '../../people/import/import-upload.ts';
import { CannotStart, Refusal } from '../../platform/errors.ts';
import { baseBars, basePicture } from './base-picture.ts';
import { said } from '../../words/index.ts';
import { frenchDay } from '../../law/dated.ts';

const USAGE = `Usage: bonheure-audit contacts.csv [--svg picture.svg] [--english]
Reads the file on this machine, keeps nothing and sends nothing anywhere.`;

/** The text of a file from a byte on, as often as it is asked for. */
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

function read(typed: readonly string[]) {
  const options = { svg: { type: 'string' }, english: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...typed], options, allowPositionals: true });
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
  const told = { language, on: frenchDay(clock.now()) } as const;
  process.stdout.write(baseBars(audited.audit, told));
  if (values.svg !== undefined) await writeFile(values.svg, basePicture(audited.audit, told));
}

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
