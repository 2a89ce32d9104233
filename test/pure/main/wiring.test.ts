import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileImports } from '../../../documents/imports.ts';
import { root } from '../../../documents/root.ts';
import { eligibilityHandlers } from '../../../src/people/eligibility/exclusion.ts';
import { answerHandlers } from '../../../src/sending/replies/reply-taking.ts';
import { undeliveredHandlers } from '../../../src/sending/receipts/apply-receipts.ts';
import '../../../src/main/wiring.ts';

const WIRING = 'src/main/wiring.ts';
/** The files that make a list of handlers. */
const lists = globSync('src/**/*.ts', { cwd: root }).filter((file) =>
  /=\s*handlers</.test(readFileSync(new URL(file, root), 'utf8')),
);

const loads = fileImports('{src,workflows,activities,bench}/**/*.ts').filter(
  ({ loaded }) => loaded !== 'never',
);
const imported = new Set(loads.map(({ to }) => to));
const byFile = Map.groupBy(loads, ({ from }) => from);

/** What a process loads in the end when it begins with this file. */
function loadedWith(program: string): ReadonlySet<string> {
  const found = new Set([program]);
  for (const file of found) for (const { to } of byFile.get(file) ?? []) found.add(to);
  return found;
}

/** `npm run bench` begins with it, whoever imports it besides. */
const isBench = (file: string): boolean =>
  file.startsWith('bench/') &&
  /^export (?:async function|function|const) bench\b/m.test(readFileSync(new URL(file, root), 'utf8'));
/** Programs and threads: no other file imports them. */
const programs = [...byFile.keys()].filter((file) => !imported.has(file) || isBench(file));
/** It prints a document from the routes, and serves nobody. */
const CALLS_NONE = 'src/web/server/openapi.ts';
const needing = programs.filter((program) => {
  const files = loadedWith(program);
  return program !== CALLS_NONE && lists.some((list) => files.has(list));
});

describe('the wiring', () => {
  it('is loaded by every process with handlers', () => {
    expect(needing.filter((program) => !loadedWith(program).has(WIRING))).toEqual([]);
    expect(lists).toHaveLength(3);
    expect(needing).toEqual(
      expect.arrayContaining(['src/main/api.ts', 'src/main/public.ts', 'src/main/worker.ts']),
    );
  });

  it('asks for reminder answers before consent answers', () => {
    expect(answerHandlers.all.map(({ name }) => name)).toEqual(['answersReminder', 'answersReconfirmation']);
  });

  it('registers one replanning and one undelivered handler', () => {
    expect(eligibilityHandlers.all.map(({ name }) => name)).toEqual(['replanSeriesOf']);
    expect(undeliveredHandlers.all.map(({ name }) => name)).toEqual(['noteUndelivered']);
  });
});
