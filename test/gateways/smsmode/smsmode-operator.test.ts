import { describe, expect, it } from 'vitest';
import { smsmodeOperator } from '../../../src/gateways/smsmode/smsmode-operator.ts';
import { aCall } from '../sandbox/support.ts';

const operator = smsmodeOperator({ apiKey: 'a' }, 'https://sms.example.test/v1/inbound/mode/secret');
const ANNE = { to: '+33639980001', reference: 'msg_1' };
const question = { key: 'K7Q2', recipients: [ANNE], since: '2026-11-28T10:00:00Z' };
const message = (messageId: string, more: object = {}) => ({
  messageId,
  recipient: { to: 33639980001 },
  status: { value: 'DELIVERED' },
  ...more,
});

const look = (items: readonly object[], details: Readonly<Record<string, object>> = {}) =>
  operator.reconcile(question, async ({ path }) => {
    const id = path.replace('/messages/', '');
    const json = path.startsWith('/messages?') ? { items } : details[id];
    return { status: json === undefined ? 404 : 200, json, answeredAt: 0 };
  });

describe('a message to smsmode', () => {
  it('says where its receipts and its replies go', () => {
    const { body = '' } = operator.requestFor(aCall({ key: 'K7Q2', recipients: [ANNE] }), 0);
    expect(JSON.parse(String(body))).toMatchObject({
      refClient: 'K7Q2',
      callbackUrlStatus: 'https://sms.example.test/v1/inbound/mode/secret?m=msg_1',
      callbackUrlMo: 'https://sms.example.test/v1/inbound/mode/secret?mo=1',
    });
  });

  it('with a lost answer is found by key', async () => {
    const found = { kind: 'FOUND', perRecipient: [{ ...ANNE, gatewayId: 'b', state: 'DELIVERED' }] };
    expect(
      await look([message('a', { refClient: 'other' }), message('b', { refClient: 'K7Q2' })]),
    ).toMatchObject(found);
    const details = { a: message('a', { refClient: null }), b: message('b', { refClient: 'K7Q2' }) };
    expect(await look([message('a'), message('b')], details)).toMatchObject(found);
  });

  it('missing from the list may appear later', async () => {
    const notYet = { kind: 'UNDECIDABLE', reason: 'not-yet' };
    expect(await look([])).toEqual(notYet);
    expect(await look([message('a', { recipient: { to: '33639980002' }, refClient: 'K7Q2' })])).toEqual(
      notYet,
    );
    expect(await look([message('a')])).toEqual(notYet);
  });
});
