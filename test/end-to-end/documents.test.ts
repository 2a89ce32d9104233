import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksOf, documentFiles, type Block } from '../../documents/block.ts';
import { root } from '../../documents/root.ts';
import { missing } from '../documents/shown-answer.ts';
import { NIGHT } from '../support/cases.ts';
import { anInstance, until, type Instance } from '../support/instance.ts';
import { aClone, aReader, realCurl, type Reader, type Seen } from './reader.ts';

const PRINTED = 'http://localhost:8080';
/** Pages of many commands, each of them a process, or whose workflows live beside every later page. */
const OF_THE_NIGHT = [
  'docs/operating/keys.md',
  'docs/learning/first-hour.md',
  'docs/recipes/answers-to-reminders.md',
  'docs/recipes/book-appointments.md',
  'docs/recipes/import-a-base.md',
];
const BEGINNING = 'README.md#a-first-campaign';
let instance: Instance;
let clone: string;

beforeAll(async () => {
  const curl = realCurl();
  // Nothing is there yet and the key is generated, as at a newcomer's.
  instance = await anInstance({ newcomer: true, env: { BONHEURE_ADMIN_KEY: '' } });
  await until(
    async () => instance.output(),
    (said) => said.includes('Bonheure is ready'),
  );
  clone = await mkdtemp(path.join(tmpdir(), 'bonheure-reader-'));
  await aClone(clone, path.join(instance.folder, 'data'), curl);
});

afterAll(async () => {
  await instance?.stop();
  if (clone !== undefined) await rm(clone, { recursive: true, force: true });
});

const runIn = (file: string): readonly Block[] =>
  blocksOf(file).filter(({ fate }) => fate.kind === 'run' || fate.kind === 'answer');
const pages = documentFiles().filter((file) => runIn(file).some(({ fate }) => fate.kind === 'run'));

/** A page that counts on the names given by the README begins with them. */
function beginning(file: string): readonly Block[] {
  const counts = file !== 'README.md' && readFileSync(new URL(file, root), 'utf8').includes(BEGINNING);
  return counts ? runIn('README.md').slice(0, 1) : [];
}

/** Why the refusal of a request is no fault: the document shows it. */
function refusalShown(answer: Block | undefined): boolean {
  return answer?.fate.kind === 'answer' && /"status": [45]\d\d/.test(answer.text);
}

function faults(block: Block, answer: Block | undefined, seen: Seen): string[] {
  const refused = seen.statuses.filter((status) => status >= 400);
  const found = [
    ...(seen.exit === 0 ? [] : [`ended with ${seen.exit}`]),
    ...(refused.length === 0 || refusalShown(answer) ? [] : [`answered ${refused.join(', ')}`]),
    ...(answer?.fate.kind === 'answer' ? missing(answer.text, answer.language, seen.output) : []),
  ];
  return found.map((fault) => `${block.file}:${block.line} ${fault}\n${seen.output}`);
}

async function follow(reader: Reader, blocks: readonly Block[]): Promise<string[]> {
  for (const [index, block] of blocks.entries()) {
    if (block.fate.kind !== 'run') continue;
    const seen = await reader.paste(block.text.replaceAll(PRINTED, instance.origin));
    const found = faults(block, blocks[index + 1], seen);
    if (found.length > 0) return found;
  }
  return [];
}

const PROGRAMS = [
  { language: 'curl', program: 'sh', file: 'sh' },
  { language: 'Python', program: 'python3', file: 'py' },
  { language: 'PHP', program: 'php', file: 'php' },
  { language: 'C#', program: 'dotnet', file: 'cs' },
  { language: 'JavaScript', program: process.execPath, file: 'mjs' },
] as const;

const RECIPES = [
  { recipe: 'till', given: (n: number) => [`06 39 98 00 2${n}`, `BULL-2603-002${n}`] },
  { recipe: 'webhooks', given: () => [] },
  { recipe: 'agenda', given: (n: number) => [`AG-2${n}`, `06 39 98 00 3${n}`] },
] as const;

const isHere = (program: string): boolean => spawnSync('which', [program]).status === 0;

/** What a recipe says that each of its programs prints. */
function told(recipe: string): string {
  const shown = blocksOf(`docs/recipes/${recipe}.md`).find(({ language }) => language === 'text');
  return shown?.text ?? '';
}

async function printedBy(program: string, file: string, given: readonly string[]): Promise<string> {
  const key = await readFile(path.join(instance.folder, 'data', 'keys', 'admin-key'), 'utf8');
  const ran = spawnSync(program, [...(program === 'dotnet' ? ['run'] : []), file, ...given], {
    cwd: new URL('docs/recipes/snippets/', root),
    env: { ...process.env, SMS_URL: instance.origin, SMS_KEY: key.trim() },
    encoding: 'utf8',
  });
  return `${ran.stdout}${ran.stderr}`;
}

describe.each(RECIPES)('the recipe $recipe', ({ recipe, given }) => {
  const written = PROGRAMS.filter(({ file }) =>
    existsSync(new URL(`docs/recipes/snippets/${recipe}.${file}`, root)),
  );
  for (const [index, { language, program, file }] of written.entries()) {
    const here = isHere(program);
    it.skipIf(!here)(
      `${here ? 'works' : `NOT RUN HERE, ${program} is missing:`} in ${language}`,
      async () => {
        expect(await printedBy(program, `${recipe}.${file}`, given(index + 1))).toBe(told(recipe));
      },
    );
  }
});

describe('a document, followed word for word on a running instance', { timeout: 300_000 }, () => {
  async function showsWhatHappens(file: string) {
    const reader = aReader(clone);
    try {
      expect(await follow(reader, [...beginning(file), ...runIn(file)])).toEqual([]);
    } finally {
      await reader.leave();
    }
  }
  it.each(pages.filter((file) => !OF_THE_NIGHT.includes(file)))('%s shows what happens', showsWhatHappens);
  it.each(OF_THE_NIGHT)('%s shows what happens', NIGHT, showsWhatHappens);
});
