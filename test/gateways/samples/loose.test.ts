import { describe, expect, it } from 'vitest';
import { CALLERS, readerOf, type Caller } from './sample.ts';

const read = (caller: Caller, body: object) =>
  readerOf(caller).read({
    method: 'POST',
    target: caller === 'smsmode' ? '?mo=1' : '',
    contentType: 'application/json',
    contentEncoding: '',
    body: Buffer.from(JSON.stringify(body)),
  });

const ANNE = '+33639980001';
const STOP = { from: ANNE, text: 'STOP' };

describe.each(CALLERS)('a STOP in a call of %s', (caller) => {
  it.each([
    ['under a name that nobody knows', { number: ANNE, what_they_wrote: 'STOP' }],
    ['of a number under a name that nobody knows', { whoever: ANNE, text: 'STOP', message: 'STOP', body: 'STOP' }],
    ['beside a list that is empty', { number: ANNE, from: ANNE, text: 'STOP', media: [] }],
    ['beside a list of nothing', { number: ANNE, from: ANNE, text: 'STOP', media: [{}] }],
    ['around a list of other things', { number: ANNE, from: ANNE, text: 'STOP', media: [{ size: 7 }] }],
    ['in a list of lists', [[{ number: ANNE, from: ANNE, text: 'STOP' }]]],
    ['in an object of objects', { data: { event: { number: ANNE, from: ANNE, text: 'STOP' } } }],
  ])('%s is heard', (_where, body) => {
    expect(read(caller, body)).toMatchObject({ events: [STOP], unread: 0 });
  });
});

describe('a receipt of', () => {
  it.each([
    ['octopush', { message_id: 'sms_1', number: ANNE, status: 'PROCESSED' }, 'PENDING'],
    ['octopush', { message_id: 'sms_1', number: ANNE, status: 'TRANSMITTED' }, 'PENDING'],
    ['octopush', { message_id: 'sms_1', number: ANNE, status: 'READ' }, 'DELIVERED'],
    ['brevo', { messageId: 7, to: ANNE, msg_status: 'bounces' }, 'UNDELIVERED'],
  ] as const)('%s that says %o is %s', (caller, body, state) => {
    expect(read(caller, body)).toMatchObject({ events: [{ kind: 'receipt', state }], unread: 0 });
  });
});
