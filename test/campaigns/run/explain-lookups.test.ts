import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { noteParts } from '../../../src/sending/attempt/outcome.repository.ts';
import { attemptsIn, endedIn } from '../../../src/operations/compliance/compliance.repository.ts';
import type { Transaction } from '../../../src/platform/database/connection.ts';
import { countAged, removeAged } from '../../../src/people/retention/retention.repository.ts';
import { removeAnswers } from '../../../src/people/retention/person-removal.repository.ts';
import { expireLate, readAnswers } from '../../../src/sending/answers/acknowledgement.repository.ts';
import {
  acceptByReceipt,
  acceptInDoubt,
  applyReceipts,
  byKeysAlone,
  statesOf,
} from '../../../src/sending/receipts/receipt-effects.repository.ts';
import { lostMessages } from '../../../src/sending/receipts/receipt.repository.ts';
import { acquaintance, replyAnswers } from '../../../src/sending/replies/inbound.repository.ts';
import {
  accountsInDoubt,
  countInDoubt,
  keysInDoubt,
  readUncertainMessages,
  resolveByPerson,
} from '../../../src/sending/uncertain/uncertain.repository.ts';
import { remindedOf, undeliveredInARow } from '../../../src/reminders/steps/step.repository.ts';
import { campaigning } from './campaigning.ts';
import { oldMonths } from './old-months.ts';
import { planned, type Plan, type Planned } from './planned.ts';
import { openBase } from '../../support/database.ts';

const AT = '2026-11-24T10:00:00Z';
/** A second in which nothing happened: any message that is read for it is too much. */
const QUIET = { from: '2026-01-24T09:00:00Z', to: '2026-01-24T09:00:01Z' };
const NOBODY = Buffer.alloc(32);

const { test, database } = await openBase();
const world = await campaigning(database, test);
const old = await oldMonths(world);
const asked: Planned = planned(database);

/** Returns the statements that read every message of a month which has some. */
const walks = (plans: readonly Plan[]): string[] =>
  plans
    .filter(({ plan }) => plan.split('\n').some((line, place, lines) => isWalk(line, lines[place + 1] ?? '')))
    .map(({ statement, plan }) => `${statement}\n${plan}`);

function isWalk(line: string, next: string): boolean {
  if (!old.partitions.some((month) => line.includes(` on ${month} `))) return false;
  return line.includes('Seq Scan') || (/Index (?:Only )?Scan/.test(line) && !next.includes('Index Cond'));
}

const UNDONE = new Error('undone');

/** Returns the plans of the statements of a function, and rolls its changes back. */
async function plansOf(work: (tx: Transaction) => Promise<unknown>): Promise<readonly Plan[]> {
  const tried = asked.database.withTenant(world.shop.id, async (tx) => {
    await work(tx);
    throw UNDONE;
  });
  await expect(tried).rejects.toBe(UNDONE);
  return asked.taken();
}

/** Returns receipts for so many messages, half of them in doubt. */
const told = (count: number) =>
  [...old.inDoubt.slice(0, Math.ceil(count / 2)), ...old.accepted.slice(0, Math.floor(count / 2))].map(
    ({ batchId, seq }) => ({
      batchId,
      seq,
      accountId: old.accountId,
      state: 'delivered' as const,
      reason: null,
      phoneIndex: null,
      gatewayId: randomUUID(),
      parts: 2,
    }),
  );

const onItsWay = () => {
  const [receipt] = told(1);
  if (receipt === undefined) throw new Error('nothing is in doubt');
  return { ...receipt, part: null, at: AT };
};

const RECEIPTS: readonly [string, (tx: Transaction, count: number) => Promise<unknown>][] = [
  ['states', (tx, count) => statesOf(tx, told(count))],
  ['results', (tx, count) => applyReceipts(tx, told(count), AT)],
  ['delivered parts', (tx, count) => acceptInDoubt(tx, told(count), AT)],
  ['parts', (tx, count) => noteParts(tx, told(count))],
];

const OTHERS: readonly [string, (tx: Transaction) => Promise<unknown>][] = [
  ['keys in doubt', (tx) => keysInDoubt(tx, {}, 1_000)],
  ['a count of doubts', (tx) => countInDoubt(tx, {})],
  ['a page of doubts', (tx) => readUncertainMessages(tx, { limit: 50, reminders: true })],
  ['accounts in doubt', (tx) => accountsInDoubt(tx, old.inDoubt[0]?.batchId ?? '')],
  ['a receipt on the way', (tx) => acceptByReceipt(tx, onItsWay())],
  ['a reply', (tx) => replyAnswers(tx, randomUUID())],
  ['owed answers', (tx) => readAnswers(tx, old.answers)],
  ['late answers', (tx) => expireLate(tx, AT)],
  ['answers to a number', (tx) => removeAnswers(tx, { contactId: randomUUID(), phoneIndex: NOBODY }, AT)],
  ['a count of old answers', (tx) => countAged(tx, 'answers', AT)],
  ['old answers', (tx) => removeAged(tx, 'answers', AT)],
  [
    'a lost message',
    (tx) => lostMessages(tx, { accountId: old.accountId, phoneIndex: NOBODY, receivedAt: AT }),
  ],
  [
    'a person who writes',
    (tx) => acquaintance(tx, old.accountId, { phoneIndex: NOBODY, answered: [randomUUID()] }),
  ],
  ['a person’s reminders', (tx) => remindedOf(tx, { accountId: old.accountId, phoneIndex: NOBODY, at: AT })],
  ['a person’s failures', (tx) => undeliveredInARow(tx, randomUUID())],
  ['ends of doubts', (tx) => endedIn(tx, QUIET)],
  ['attempts of a period', (tx) => attemptsIn(tx, QUIET, [])],
];

describe('with the messages of a year', () => {
  describe.each([1, 12, 500])('%i receipts', (count) => {
    it.each(RECEIPTS)('%s are found by keys', async (_, work) => {
      const plans = await plansOf(async (tx) => {
        await byKeysAlone(tx);
        await work(tx, count);
      });
      expect(plans.length).toBeGreaterThan(1);
      expect(walks(plans)).toEqual([]);
    });
  });

  it.each([
    [1, 'accepted'],
    [12, 'not-accepted'],
    [500, 'accepted'],
    [1_000, 'accepted'],
    [1_000, 'not-accepted'],
  ] as const)('keys find %i that are %s', async (count, outcome) => {
    const messages = old.inDoubt.slice(0, count);
    const plans = await plansOf(async (tx) => {
      expect(await resolveByPerson(tx, { messages, outcome, at: AT })).toHaveLength(count);
    });
    expect(walks(plans)).toEqual([]);
  });

  it.each(OTHERS)('keys find %s', async (_, work) => {
    const plans = await plansOf(work);
    expect(plans.length).toBeGreaterThan(0);
    expect(walks(plans)).toEqual([]);
  });
});
