import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditBase, type BaseAudit } from '../../../src/main/cli/base-audit.ts';
import { NIGHT } from '../../support/cases.ts';
import { ShiftedClock } from '../../support/law-clock.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);
const HEAD = 'Téléphone;Prénom;Naissance;Date_optin;Source_optin;Texte_optin;Ref_bulletin;Desinscrit_le';
const PROOF = '04/03/2026 10:00;bulletin;J’accepte les offres par SMS.;B-1';

async function audited(...rows: string[]): Promise<BaseAudit> {
  const bytes = Buffer.from([HEAD, ...rows, ''].join('\n'));
  const clock = new ShiftedClock().startAt('2027-01-15T10:00:00+01:00');
  const found = await auditBase(clock, async function* from(offset) {
    yield bytes.subarray(offset);
  });
  if (found.kind !== 'audited') throw new Error(found.failure.code);
  return found.audit;
}

/** One row, and which of its counts are one. */
const table: readonly [string, string, readonly (keyof BaseAudit)[]][] = [
  [
    'with a signed bulletin may be written to',
    `06 39 98 00 11;Chloé;;${PROOF};`,
    ['mobile', 'named', 'provable', 'sendable'],
  ],
  ['without a proof may not', '06 39 98 00 11;Chloé;;;;;;', ['mobile', 'named']],
  ['without a first name is unnamed', `06 39 98 00 11;;;${PROOF};`, ['mobile', 'provable', 'sendable']],
  [
    'under age may not',
    `06 39 98 00 11;Chloé;01/02/2012;${PROOF};`,
    ['mobile', 'named', 'minor', 'provable'],
  ],
  [
    'whose agreement is four years old may not',
    '06 39 98 00 11;Chloé;;04/03/2022 10:00;bulletin;J’accepte les offres par SMS.;B-1;',
    ['mobile', 'named', 'stale', 'provable'],
  ],
  [
    'who said no may not',
    `06 39 98 00 11;Chloé;;${PROOF};05/06/2026`,
    ['mobile', 'named', 'left', 'provable'],
  ],
  ['with a landline receives nothing', `01 42 68 53 00;Chloé;;${PROOF};`, ['landline']],
  ['without a number is unreadable', `bonjour;Chloé;;${PROOF};`, ['unreadable']],
];

describe('a person of a base', () => {
  it.each(table)('%s', async (_, row, ones) => {
    const { rows, withoutProof: _reasons, ...counts } = await audited(row);
    const found = Object.entries(counts).flatMap(([name, count]) => (count === 1 ? [name] : []));
    expect([rows, found]).toEqual([1, [...ones]]);
  });

  it('is counted once by kind of number', async () => {
    const { rows, mobile, landline, unreadable } = await audited(...table.map(([, row]) => row));
    expect(mobile + landline + unreadable).toBe(rows);
  });
});

describe('npx bonheure-audit', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bonheure-audit-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** What npx starts; npx itself takes twice as long as the program. */
  const refused = (...typed: string[]): Promise<unknown> =>
    run(process.execPath, ['src/main/cli/bonheure-audit.js', ...typed], { cwd: root }).catch(
      (error: unknown) => error,
    );

  it('draws a file without numbers or names', async () => {
    const picture = path.join(folder, 'base.svg');
    const typed = ['--no-install', 'bonheure-audit', 'samples/shop-contacts.csv', '--svg', picture];
    const { stdout } = await run('npx', typed, { cwd: root });
    expect(stdout).toMatch(/Lignes lues +█+ +100\.0 % +5\s000/);
    const drawn = await readFile(picture, 'utf8');
    expect(drawn).toMatch(/^<svg [^]*<\/svg>\n$/);
    expect(stdout + drawn).not.toMatch(/\d{9}|Chlo/);
  });

  it('asks for a checkout when installed alone', NIGHT, async () => {
    const installed = path.join(folder, 'node_modules', 'bonheure');
    const { bin } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
    };
    await cp(path.join(root, 'src'), path.join(installed, 'src'), { recursive: true });
    await cp(path.join(root, 'package.json'), path.join(installed, 'package.json'));
    const program = path.join(installed, bin['bonheure-audit'] ?? '');
    const failed = await run(process.execPath, [program, 'contacts.csv']).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^bonheure-audit runs from a checkout of Bonheure.*\n$/),
    });
  });

  it.each([
    ['no file', [], /^Usage: bonheure-audit/],
    ['a file that is not there', ['nowhere.csv'], /^There is no such file/],
    ['a file without rows', ['package.json'], /This is no CSV file.*Found: JSON/],
    ['a file without numbers', ['samples/README.md'], /Aucune colonne n’est connue/],
  ])(
    'given %s says so',
    async (_, typed, words) => {
      expect(await refused(...typed)).toMatchObject({ code: 1, stderr: expect.stringMatching(words) });
    },
    60_000,
  );
});
