import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutations, type Mutation } from './mutation.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** What runs and history leave, and what is linked instead. */
const LEFT_OUT = new Set(['node_modules', '.git', '.bonheure']);

/** A test that turned red, and the first line of what it saw. */
interface Red {
  readonly test: string;
  readonly saw: string;
}

interface Report {
  readonly testResults: readonly {
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** A copy of the tree, so that nobody meets a false law. */
function copied(): string {
  const copy = mkdtempSync(join(tmpdir(), 'bonheure-mutations-'));
  for (const name of readdirSync(ROOT).filter((entry) => !LEFT_OUT.has(entry)))
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** Runs the tests that concern a parameter; vitest ends with an error when one of them is red. */
async function redOf(copy: string, { project, tests }: Mutation): Promise<readonly Red[]> {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const files = tests.map((test) => `test/${test}`);
  const asked = ['run', '--project', project, '--reporter=json', `--outputFile=${report}`, ...files];
  await new Promise<void>((done) => {
    execFile(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', ...asked],
      { cwd: copy, maxBuffer: 2 ** 28 },
      () => done(),
    );
  });
  // Written by vitest, in the form that it documents.
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  if (testResults.every(({ assertionResults }) => assertionResults.length === 0))
    throw new Error(`No test ran: ${testResults.map(({ message }) => message).join(' ')}`);
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(({ fullName, failureMessages }) => ({
      test: fullName,
      saw: failureMessages[0]?.split('\n')[0] ?? '',
    }));
}

async function mutated(copy: string, mutation: Mutation): Promise<readonly Red[]> {
  const file = join(copy, 'src/law', mutation.file);
  const right = readFileSync(file, 'utf8');
  if (right.split(mutation.from).length !== 2)
    throw new Error(`${mutation.file} does not hold once: ${mutation.from}`);
  writeFileSync(file, right.replace(mutation.from, mutation.to));
  try {
    return await redOf(copy, mutation);
  } finally {
    writeFileSync(file, right);
  }
}

const asked = new Set(process.argv.slice(2));
const wanted = mutations.filter(
  ({ quick, project, rule }) =>
    (!asked.has('--quick') || quick === true) &&
    (!asked.has('--pure') || project === 'pure') &&
    ([...asked].every((word) => word.startsWith('--')) || asked.has(rule)),
);
const copy = copied();
let unnoticed = 0;
try {
  for (const mutation of wanted) {
    const red = await mutated(copy, mutation);
    if (red.length === 0) unnoticed += 1;
    const name = `${mutation.rule} ${mutation.parameter}: ${mutation.from} -> ${mutation.to}`;
    const [first] = red;
    process.stdout.write(
      first === undefined
        ? `UNNOTICED  ${name}\n`
        : `${String(red.length).padStart(3)} red    ${name}\n           ${first.test}\n           ${first.saw}\n`,
    );
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.stdout.write(`${wanted.length} parameters changed, ${unnoticed} unnoticed.\n`);
process.exitCode = unnoticed === 0 && wanted.length > 0 ? 0 : 1;
