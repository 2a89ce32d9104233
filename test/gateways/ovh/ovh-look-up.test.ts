import { describe, expect, it } from 'vitest';
import type { OperatorAnswer } from '../../../src/gateways/http/http-gateway.ts';
import { ovhLookUp, ovhOperator } from '../../../src/gateways/ovh/ovh-operator.ts';
import { CREDENTIALS } from '../conformance/subject.ts';

const ANNE = { to: '+33639980001', reference: 'msg_1' };
const BRUNO = '+33639980002';
/** A job that its operator cannot show just now. */
const AWAY = 'away';
const question = { key: 'K7Q2', recipients: [ANNE], since: '2026-11-28T10:00:00Z' };

const NOUMEA = { to: '+687751234', reference: 'msg_2' };

/** An account that shows these jobs, each with who receives it; nobody where it has just left. */
function account(jobs: readonly (string | undefined)[], left: readonly string[] = []) {
  const asked: string[] = [];
  const answer = (status: number, json: unknown): OperatorAnswer => ({ status, json, answeredAt: 0 });
  const get = async (path: string): Promise<OperatorAnswer> => {
    asked.push(path);
    if (path.startsWith('/outgoing?'))
      return answer(
        200,
        left.map((_one, place) => place),
      );
    if (path === '/jobs')
      return answer(
        200,
        jobs.map((_one, place) => place),
      );
    const [, list = '', place = '0'] = path.split('/');
    const receiver = (list === 'jobs' ? jobs : left)[Number(place)];
    if (receiver === AWAY) return answer(503, { receiver: BRUNO });
    return receiver === undefined ? answer(404, { message: 'gone' }) : answer(200, { receiver });
  };
  return { asked, look: (to = ANNE.to) => ovhLookUp({ ...question, recipients: [{ ...ANNE, to }] }, get) };
}
const others = (count: number): string[] => Array.from({ length: count }, () => BRUNO);

describe('a message whose answer was lost', () => {
  it.each([
    ['waits', [ANNE.to], { kind: 'UNDECIDABLE', reason: 'not-yet' }],
    ['waits behind twenty others', [ANNE.to, ...others(20)], { kind: 'UNDECIDABLE', reason: 'not-yet' }],
    ['may wait behind five hundred others', others(500), { kind: 'UNDECIDABLE', reason: 'not-yet' }],
    ['may have left its list just now', [undefined], { kind: 'UNDECIDABLE', reason: 'not-yet' }],
    ['is asked for while its operator is ill', [BRUNO, AWAY], { kind: 'UNDECIDABLE', reason: 'unreachable' }],
    ['is in no list read to its end', others(20), { kind: 'NOT_FOUND' }],
    ['is in an empty list', [], { kind: 'NOT_FOUND' }],
  ])('%s', async (_what, jobs, expected) => {
    const { asked, look } = account(jobs);
    expect(await look()).toEqual(expected);
    expect(asked.length).toBeLessThan(25);
  });

  it('is found under its tag', async () => {
    expect(await account([], [ANNE.to]).look()).toMatchObject({ kind: 'FOUND' });
    expect(await account([], others(21)).look()).toEqual({ kind: 'UNDECIDABLE', reason: 'not-yet' });
  });
});

describe('a call whose number is not known any more', () => {
  const notYet = { kind: 'UNDECIDABLE', reason: 'not-yet' };
  const several = { kind: 'UNDECIDABLE', reason: 'several' };

  it.each<[string, string, readonly string[], readonly string[], object]>([
    ['is found under its tag', '', [], [BRUNO], { kind: 'FOUND', perRecipient: [{ gatewayId: '0' }] }],
    ['is found under its tag by another number', ANNE.to, [], [BRUNO], { kind: 'FOUND' }],
    ['is found under its tag unread', '', [], ['?'], { kind: 'FOUND' }],
    ['among several goes to a person', ANNE.to, [], [BRUNO, BRUNO], several],
    ['may be any that waits', '', [BRUNO], [], notYet],
    ['is absent where nobody waits', '', [], [], { kind: 'NOT_FOUND' }],
  ])('%s', async (_what, to, jobs, left, expected) => {
    expect(await account(jobs, left).look(to)).toMatchObject(expected);
  });
});

describe('a number of Nouméa without its plus', () => {
  it('is found as its receiver', async () => {
    const asked = { ...question, recipients: [NOUMEA] };
    const get = async (path: string): Promise<OperatorAnswer> =>
      path.startsWith('/outgoing?')
        ? { status: 200, json: [7], answeredAt: 0 }
        : { status: 200, json: { receiver: '687751234' }, answeredAt: 0 };
    expect(await ovhLookUp(asked, get)).toMatchObject({ kind: 'FOUND', perRecipient: [NOUMEA] });
  });

  it('on the list opts out both holders', async () => {
    const { pullStops } = ovhOperator(CREDENTIALS.ovh, 'http://127.0.0.1:1');
    const list = await pullStops?.(async () => ({
      status: 200,
      json: ['687751234', ANNE.to],
      answeredAt: 0,
    }));
    expect(list).toMatchObject({
      stops: [{ from: '+687751234' }, { from: '+33687751234' }, { from: ANNE.to }],
    });
  });
});
