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
    ['of a number under an unknown name', { whoever: ANNE, text: 'STOP', message: 'STOP', body: 'STOP' }],
    ['beside a list that is empty', { number: ANNE, from: ANNE, text: 'STOP', media: [] }],
    ['beside a list of nothing', { number: ANNE, from: ANNE, text: 'STOP', media: [{}] }],
    ['around a list of other things', { number: ANNE, from: ANNE, text: 'STOP', media: [{ size: 7 }] }],
    ['in a list beside other fields', { count: 1, events: [{ number: ANNE, from: ANNE, text: 'STOP' }] }],
    ['in a list of lists', [[{ number: ANNE, from: ANNE, text: 'STOP' }]]],
    ['in an object of objects', { data: { event: { number: ANNE, from: ANNE, text: 'STOP' } } }],
  ])('%s is received', (_where, body) => {
    expect(read(caller, body)).toMatchObject({ events: [STOP], unread: 0 });
  });
});

describe.each(CALLERS)('a STOP of %s without an id and a moment', (caller) => {
  it('counts once per person', () => {
    const said = (number: string) => read(caller, { number, from: number, text: 'STOP' }).events;
    const [first, again, other] = [ANNE, ANNE, '+33639980002'].map((number) => said(number)[0]?.identity);
    expect(first).toBeTruthy();
    expect([again === first, other === first]).toEqual([true, false]);
  });
});

describe('a STOP', () => {
  it('under an unknown name concerns its sender', () => {
    const body = { MessageSid: 'SM1', Whoever: ANNE, To: '+33937000000', Body: 'STOP' };
    expect(read('twilio', body)).toMatchObject({ events: [{ ...STOP, to: '+33937000000' }], unread: 0 });
  });

  it('falsely declared as compressed is received', () => {
    const body = Buffer.from(JSON.stringify({ number: ANNE, text: 'STOP' }));
    const call = { method: 'POST', target: '', contentType: '', contentEncoding: 'gzip', body };
    expect(readerOf('octopush').read(call)).toMatchObject({ events: [STOP], unread: 0 });
  });

  it.each([
    ['Latin-1', 'ARR%CAT'],
    ['UTF-8', 'ARR%C3%8AT'],
  ])('in a form of %s has its accents', (_charset, words) => {
    const call = {
      method: 'POST',
      target: '',
      contentType: 'application/x-www-form-urlencoded',
      contentEncoding: '',
      body: Buffer.from(`sender=%2B33639980001&message=${words}`),
    };
    expect(readerOf('ovh').read(call)).toMatchObject({ events: [{ from: ANNE, text: 'ARRÊT' }], unread: 0 });
  });
});

describe('two replies of one moment', () => {
  it('differ by their words, whatever the field', () => {
    const said = (text: string) =>
      read('brevo', { messageId: 7, to: ANNE, msg_status: 'replies', date: 'now', reply: ' ', text }).events[0];
    expect(said('à demain')?.identity).not.toBe(said('merci')?.identity);
    expect(said('merci')?.identity).toBe(said('merci')?.identity);
  });
});

describe('a text given in two fields', () => {
  it.each([
    ['in a reply', { number: ANNE, text: ['merci', 'STOP'] }, [STOP]],
    ['beside a receipt', { message_id: 'sms_1', number: ANNE, status: 'DELIVERED', text: ['merci', 'STOP'] }, [{ kind: 'receipt' }, STOP]],
  ])('%s are a STOP when one is', (_where, body, events) => {
    expect(read('octopush', body)).toMatchObject({ events, unread: 0 });
  });
});

describe('a STOP that is cut', () => {
  it('is received, and its call kept unread', () => {
    const body = Buffer.from('{"number":"+33639980001","text":"STOP","reception_d');
    const call = { method: 'POST', target: '', contentType: '', contentEncoding: '', body };
    expect(readerOf('octopush').read(call)).toMatchObject({ events: [STOP], unread: 1 });
  });
});

describe('a form whose values are of two charsets', () => {
  it('is read value by value', () => {
    const pieces = [Buffer.from('sender=%2B33639980001&name=Zoé', 'latin1'), Buffer.from('&message=ARRÊT')];
    const call = {
      method: 'POST',
      target: '',
      contentType: 'application/x-www-form-urlencoded',
      contentEncoding: '',
      body: Buffer.concat(pieces),
    };
    expect(readerOf('ovh').read(call)).toMatchObject({ events: [{ from: ANNE, text: 'ARRÊT' }], unread: 0 });
  });
});

describe.each(CALLERS)('a call of %s', (caller) => {
  it.each([['of nothing', []], ['of nothing in lists', [[], [[]]]], ['of an object without fields', {}]])(
    '%s is for a person',
    (_what, body) => {
      expect(read(caller, body)).toEqual({ events: [], unread: 1 });
    },
  );
});

describe('a call with too many events', () => {
  it('is read up to 20,000 and counted beyond', () => {
    const told = Array.from({ length: 20_100 }, () => ({ number: ANNE, text: 'STOP' }));
    const { events, unread } = read('octopush', told);
    expect([events.length, unread]).toEqual([20_000, 100]);
  });
});

describe('a receipt of', () => {
  it.each([
    ['octopush', { MESSAGE_ID: 'sms_1', Number: ANNE, 'message-status': 7, Status: 'DELIVERED' }, 'DELIVERED'],
    ['octopush', { message_id: 'sms_1', number: ANNE, status: 'PROCESSED' }, 'PENDING'],
    ['octopush', { message_id: 'sms_1', number: ANNE, status: 'TRANSMITTED' }, 'PENDING'],
    ['octopush', { message_id: 'sms_1', number: ANNE, status: 'READ' }, 'DELIVERED'],
    ['brevo', { messageId: 7, to: ANNE, msg_status: 'bounces' }, 'UNDELIVERED'],
  ] as const)('%s that says %o is %s', (caller, body, state) => {
    expect(read(caller, body)).toMatchObject({ events: [{ kind: 'receipt', state }], unread: 0 });
  });
});
