import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

const KEYED = 'asked in transactions that go by keys alone (byKeysAlone)';
const HIDDEN = 'the length of its list is hidden, so that each is looked up by its key';
const FEW = 'of one row, or of one batch, or of a few at a time';

/**
 * Statements that look up messages by rows of a list without naming the batches by `= ANY(…)`, and why PostgreSQL
 * reads no whole month for them. `test/campaigns/run/explain-lookups.test.ts` shows their plans.
 */
const LISTED: Readonly<Record<string, string>> = {
  'src/operations/compliance/compliance.repository.ts endedIn': 'the batches are named by IN_DOUBT',
  'src/people/retention/person-removal.repository.ts removeAnswers': FEW,
  'src/people/retention/retention.repository.ts AGED': 'a question of each answer, never joined',
  'src/reminders/steps/step.repository.ts parkLostSteps': 'once, after a restore',
  'src/sending/answers/acknowledgement.repository.ts expireLate': FEW,
  'src/sending/answers/acknowledgement.repository.ts answersThat': FEW,
  'src/sending/attempt/outcome.repository.ts nameParts': KEYED,
  'src/sending/attempt/outcome.repository.ts noteParts': KEYED,
  'src/sending/batch/parking.repository.ts endTrials': FEW,
  'src/sending/receipts/receipt-effects.repository.ts HELD': KEYED,
  'src/sending/receipts/receipt-effects.repository.ts acceptByReceipt': FEW,
  'src/sending/receipts/receipt-effects.repository.ts acceptInDoubt': KEYED,
  'src/sending/receipts/receipt-effects.repository.ts applyReceipts': KEYED,
  'src/sending/receipts/receipt-effects.repository.ts statesOf': KEYED,
  'src/sending/replies/inbound.repository.ts replyAnswers': FEW,
  'src/sending/uncertain/uncertain.repository.ts resolveByPerson': HIDDEN,
  'src/sending/uncertain/uncertain.repository.ts uncertainOnes': HIDDEN,
};

/** The batches may be named within so many characters after the comparison of a batch. */
const SAME_CONDITION = 160;

/** Lists the functions and constants of a source that look up messages by rows of a list without naming their batches. */
function unnamedIn(text: string): readonly string[] {
  const tables = [...text.matchAll(/\b(?:FROM|JOIN|UPDATE) message (\w+)\b/g)].map(
    ([, alias]) => alias ?? '',
  );
  const found = [...new Set(tables)].flatMap((alias) => Array.from(text.matchAll(byRowsOf(alias))));
  const unnamed = found.filter(
    ({ index, 1: other }) =>
      !tables.includes(other ?? '') && !text.slice(index, index + SAME_CONDITION).includes('batch_id = ANY('),
  );
  return [...new Set(unnamed.map(({ index }) => declaredBefore(text.slice(0, index))))];
}

const byRowsOf = (alias: string): RegExp =>
  new RegExp(String.raw`\b${alias}\.batch_id = (\w+)\.batch_id\b|\bmessage ${alias} USING \(batch_id`, 'g');

const declaredBefore = (text: string): string =>
  [...text.matchAll(/^(?:export )?(?:async )?(?:function|const) (\w+)/gm)].at(-1)?.[1] ?? '';

describe('a look-up of messages', () => {
  it('names its batches or is listed', () => {
    const files = globSync('src/**/*.repository.ts', { cwd: root }).map((file) => path.normalize(file));
    const unnamed = files.flatMap((file) =>
      unnamedIn(readFileSync(path.join(root, file), 'utf8')).map((name) => `${file} ${name}`),
    );
    expect(unnamed.toSorted()).toEqual(Object.keys(LISTED).toSorted());
  });

  it.each([
    ['JOIN message m ON m.batch_id = a.batch_id AND m.seq = a.seq', ['readAll']],
    ['JOIN message k USING (batch_id, seq)', ['readAll']],
    ['UPDATE message m SET seq = 1 FROM held h WHERE m.batch_id = h.batch_id', ['readAll']],
    ['JOIN message m ON m.batch_id = a.batch_id AND m.batch_id = ANY($1) AND m.seq = a.seq', []],
    ['FROM message m WHERE m.batch_id = $1 AND m.seq = a.seq', []],
    ['FROM message m JOIN message_text t ON t.batch_id = m.batch_id', []],
  ])('is read as it is written: %s', (statement, found) => {
    expect(unnamedIn(`export function readAll() {\n  return sql\`${statement}\`;\n}`)).toEqual(found);
  });
});
