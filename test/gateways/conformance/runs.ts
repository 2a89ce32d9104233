import { expect } from 'vitest';
import type {
  Call,
  ErrorClass,
  GatewayEvent,
  Reconciled,
  SubmitResult,
} from '../../../src/sending/gateway/gateway.ts';
import type { Failure } from '../fakes/fake-operator.ts';
import { aCall, anAttempt } from '../sandbox/support.ts';
import { endingOf, UNREADABLE, UNREADABLE_PDU } from './endings.ts';
import type { ScenarioName } from './scenario-list.ts';
import type { Subject } from './subject.ts';

type Run = (subject: Subject) => Promise<void>;

const REMINDER: Partial<Call> = { purpose: 'appointment', text: 'Cabinet : rappel de votre rendez-vous.' };
const ANNE = '+33639980001';
const BRUNO = '+33639980002';

const to = (number: string): Partial<Call> => ({
  recipients: [{ to: number, reference: `msg_${number.slice(1)}` }],
});

const classOf = (result: SubmitResult): ErrorClass | undefined => {
  if (result.kind === 'REFUSED') return result.errorClass;
  return result.kind === 'ACCEPTED' ? result.rejected[0]?.errorClass : undefined;
};

/** A failure, and how often the message was accepted all the same. */
const unknown =
  (failure: Failure, reason: string, taken: number): Run =>
  async ({ fake, send }) => {
    fake.failures.push(failure);

    expect(await send()).toMatchObject({ kind: 'UNKNOWN', reason });
    expect(fake.log).toHaveLength(taken);
  };

const refusedAs =
  (failure: Failure, refusal: object): Run =>
  async ({ fake, send }) => {
    fake.failures.push(failure);

    expect(await send()).toMatchObject({ kind: 'REFUSED', ...refusal });
    expect(fake.log).toHaveLength(0);
  };

const onlyEvent = async (
  subject: Subject,
  telling: Parameters<Subject['receive']>[0],
): Promise<GatewayEvent> => {
  const callback = await subject.receive(telling);
  expect(callback).toMatchObject({ kind: 'EVENTS', events: [{}] });
  const [event] = callback.kind === 'EVENTS' ? callback.events : [];
  if (event === undefined) throw new Error('no event was read');
  return event;
};

/** An accepted message, as the operator has it. */
async function aTaken({ send, fake }: Subject, different: Partial<Call> = {}) {
  expect(await send(different)).toMatchObject({ kind: 'ACCEPTED' });
  const message = fake.log.at(-1);
  if (message === undefined) throw new Error('nothing was taken');
  return message;
}

const lookUp = ({ gateway }: Subject, call: Call): Promise<Reconciled> =>
  gateway.reconcile(
    {
      key: call.key,
      recipients: call.recipients,
      since: new Date(Date.now() - 60_000).toISOString(),
      text: call.text,
    },
    AbortSignal.timeout(5_000),
  );

/** A night on which no advertising may be sent. */
const NIGHT = Date.parse('2026-03-11T22:00:00+01:00');

/** Resolves an uncertain message: by repeating it where the operator keeps keys, else by a look-up. */
async function resolved(subject: Subject, call: Call): Promise<void> {
  const { gateway, fake } = subject;
  const [taken] = fake.log;
  if (gateway.capabilities.lookup === 'none' && subject.kind !== 'octopush' && taken !== undefined) {
    // Neither key nor look-up: its receipt names the person.
    const event = await onlyEvent(subject, fake.manners.receipt(taken, 'delivered'));
    expect(event).toMatchObject({ to: ANNE, gatewayId: taken.id });
  } else if (gateway.capabilities.idempotency === 'key-24h') {
    expect(await gateway.submit(call, await anAttempt(gateway))).toMatchObject({
      kind: 'ACCEPTED',
      perRecipient: [{ to: ANNE }],
    });
  } else {
    expect(await lookUp(subject, call)).toMatchObject({
      kind: 'FOUND',
      perRecipient: [{ to: ANNE, gatewayId: fake.log[0]?.id }],
    });
  }
  expect(fake.log).toHaveLength(1);
}

/** What each scenario does and expects. */
export const RUNS: Readonly<Record<ScenarioName, Run>> = {
  accepted: async ({ send, fake }) => {
    const result = await send({ text: 'Bonjour. STOP au XXXXX' });
    const [taken, ...others] = fake.log;

    expect(others).toEqual([]);
    expect(taken).toMatchObject({ to: ANNE });
    expect(taken?.text).toMatch(/^Bonjour\. STOP au \w{5}/);
    if (result.kind !== 'ACCEPTED') throw new Error(result.kind);
    const [one] = result.perRecipient;
    expect(one?.gatewayId ?? one?.ticket).toBe(taken?.id);
    expect(result.firstByteAt).toBeLessThanOrEqual(result.answeredAt);
  },
  'accepted in part': async ({ send, fake }) => {
    const recipients = [ANNE, '+12', BRUNO].map((number) => ({ to: number, reference: `msg_${number}` }));

    expect(await send({ recipients })).toMatchObject({
      kind: 'ACCEPTED',
      perRecipient: [{ to: ANNE }, { to: BRUNO }],
      rejected: [{ to: '+12', errorClass: 'PERMANENT_RECIPIENT' }],
    });
    expect(fake.log.map((message) => message.to)).toEqual([ANNE, BRUNO]);
  },
  'a number that is none': async ({ send, fake }) => {
    expect(classOf(await send(to('+12')))).toBe('PERMANENT_RECIPIENT');
    expect(fake.log).toEqual([]);
  },
  'somebody who said STOP': async (subject) => {
    const { send, fake, kind } = subject;
    fake.blacklist.add(ANNE);
    const result = await send();
    if (kind === 'octopush' || kind === 'smpp' || kind === 'brevo') {
      const [message] = fake.log;
      expect(message).toMatchObject({ barred: true });
      if (message === undefined) return;
      const receipt = await onlyEvent(subject, fake.manners.receipt(message, 'delivered'));
      expect(receipt).toMatchObject({ ...endingOf(kind, 'opted-out'), to: ANNE });
      return;
    }
    expect(classOf(result)).toBe(kind === 'twilio' ? 'OPTED_OUT' : 'PERMANENT_RECIPIENT');
    expect(fake.log).toEqual([]);
  },
  'a sender or text it refuses': async ({ send, fake, kind }) => {
    const wrong = kind === 'twilio' ? { text: 'x'.repeat(1_601) } : { sender: 'A SENDER FAR TOO LONG' };

    expect(classOf(await send({ ...REMINDER, ...wrong }))).toBe('PERMANENT_CONTENT');
    expect(fake.log).toEqual([]);
  },
  'accents and emoji': async (subject) => {
    const text = 'Reçu : l’été à 10 € « fête » 🎉 œuf';
    const message = await aTaken(subject, { ...REMINDER, text, encoding: 'UCS-2' });

    expect(message.text).toBe(text);
  },
  'too fast': refusedAs('throttled', { errorClass: 'THROTTLED' }),
  'too fast, with a time to wait': refusedAs('throttled-for-3-s', {
    errorClass: 'THROTTLED',
    retryAfterMs: 3_000,
  }),
  'wrong credentials': async ({ account, fake, kind }) => {
    const stranger = account(
      {
        octopush: { login: 'nobody@example.test', key: 'wrong' },
        ovh: {
          applicationKey: 'A',
          applicationSecret: 'wrong',
          consumerKey: 'C',
          serviceName: 'sms-ab12345-1',
        },
        twilio: { accountSid: `AC${'0'.repeat(32)}`, authToken: 'wrong', from: '+33937000000' },
        smpp: { systemId: 'cabinet', password: 'wrong' },
        brevo: { apiKey: 'wrong' },
        smsmode: { apiKey: 'wrong' },
      }[kind],
    );
    const result = await stranger.submit(aCall(), await anAttempt(stranger));

    expect(result).toMatchObject({ kind: 'REFUSED', errorClass: 'CONFIG' });
    expect(JSON.stringify(result)).not.toContain('wrong');
    expect(fake.log).toEqual([]);
  },
  'credit that ends in the midst': async ({ send, fake, kind }) => {
    fake.credit.left = 1;
    await send(to(ANNE));
    const second = await send(to(BRUNO));

    // Twilio has no code of its own for it: either way the account is parked.
    expect(classOf(second)).toBe(kind === 'twilio' ? 'CONFIG' : 'CREDIT');
    expect(fake.log.map((message) => message.to)).toEqual([ANNE]);
  },
  'a failure before it accepts': unknown('5xx-before', '5xx', 0),
  'a failure after it accepted': unknown('5xx-after', '5xx', 1),
  'silence after it accepted': unknown('silent-after', 'timeout', 1),
  'a connection cut before the answer': unknown('reset-before', 'reset', 0),
  'a connection cut in the answer': unknown('reset-after', 'reset', 1),
  'a page of HTML': unknown('html', 'parse', 0),
  'JSON cut short': unknown('truncated', 'parse', 1),
  'an answer of 10 MB': unknown('huge', 'parse', 1),
  'a redirection': unknown('redirect', 'parse', 0),
  'fields of another type': unknown('wrong-types', 'parse', 0),
  'ids beyond 2^53': async ({ send }) => {
    expect(await send()).toMatchObject({ perRecipient: [{ gatewayId: '9007199254740993' }] });
  },
  'an order withdrawn in time': async ({ gateway, fake }) => {
    const withdrawn = await anAttempt(gateway, { signal: AbortSignal.abort() });
    const late = await anAttempt(gateway, { writeBefore: 0 });

    expect(await gateway.submit(aCall(), withdrawn)).toEqual({ kind: 'NOT_WRITTEN', reason: 'aborted' });
    expect(await gateway.submit(aCall(), late)).toEqual({ kind: 'NOT_WRITTEN', reason: 'too-late' });
    expect(fake.log).toEqual([]);
  },
  'a lost answer': async (subject) => {
    const { gateway, fake } = subject;
    fake.failures.push('5xx-after');
    const call = aCall(REMINDER);
    await gateway.submit(call, await anAttempt(gateway));

    await resolved(subject, call);
  },
  'a request that never arrived': async (subject) => {
    const { gateway, fake } = subject;
    fake.failures.push('5xx-before');
    const call = aCall(REMINDER);
    await gateway.submit(call, await anAttempt(gateway));

    if (gateway.capabilities.lookup === 'none') await resolved(subject, call);
    else expect(await lookUp(subject, call)).toEqual({ kind: 'NOT_FOUND' });
  },
  'a key used twice': async ({ gateway, fake }) => {
    const call = aCall();
    await gateway.submit(call, await anAttempt(gateway));
    const second = await gateway.submit(call, await anAttempt(gateway));

    expect(second).toMatchObject({ kind: 'ACCEPTED', perRecipient: [{ to: ANNE }] });
    expect(fake.log).toHaveLength(1);
  },
  'a look-up before it is indexed': async (subject) => {
    const { gateway, fake } = subject;
    const call = aCall(REMINDER);
    await gateway.submit(call, await anAttempt(gateway));

    expect(await lookUp(subject, call)).toEqual({ kind: 'NOT_FOUND' });
    fake.settings.aheadMs += 60_000;
    expect(await lookUp(subject, call)).toMatchObject({ kind: 'FOUND' });
    expect(gateway.capabilities.indexingDelayMs).toBeGreaterThan(60_000);
  },
  'a clock that differs': async ({ fake, send, gateway }) => {
    await send(to(ANNE));
    fake.settings.aheadMs = 600_000;
    expect(await send(to(BRUNO))).toMatchObject({ kind: 'REFUSED', errorClass: 'RETRYABLE' });

    expect(await gateway.health(AbortSignal.timeout(2_000))).toMatchObject({ ok: true });
    expect(await send(to(BRUNO))).toMatchObject({ kind: 'ACCEPTED' });
  },
  'advertising at night': async (subject) => {
    const { fake, send } = subject;
    fake.settings.aheadMs = NIGHT - Date.now();
    // The hour was learnt when the connections were opened.
    await subject.gateway.health(AbortSignal.timeout(2_000));
    await send({ text: 'Offre du jour. STOP au XXXXX' });
    await send(REMINDER);
    const [advertising, reminder] = fake.log;

    expect(advertising?.heldUntil).toBe(Date.parse('2026-03-12T08:00:00+01:00'));
    expect(reminder?.heldUntil).toBe(reminder?.at);
  },
  'each end of a message': async (subject) => {
    const message = await aTaken(subject);
    for (const ending of ['on-its-way', 'delivered', 'undelivered', 'opted-out', 'bad-number'] as const) {
      const event = await onlyEvent(subject, subject.fake.manners.receipt(message, ending));
      const expected = { kind: 'receipt', gatewayId: message.id, ...endingOf(subject.kind, ending) };
      expect(event).toMatchObject(expected);
    }
  },
  'a receipt told twice': async (subject) => {
    const message = await aTaken(subject);
    const telling = subject.fake.manners.receipt(message, 'delivered');
    const [once, twice] = [await onlyEvent(subject, telling), await onlyEvent(subject, telling)];

    expect(twice.identity).toBe(once.identity);
    const otherwise = await onlyEvent(subject, subject.fake.manners.receipt(message, 'undelivered'));
    expect(otherwise.identity).not.toBe(once.identity);
  },
  'receipts out of order': async (subject) => {
    const message = await aTaken(subject);
    const { receipt } = subject.fake.manners;

    expect(await onlyEvent(subject, receipt(message, 'delivered'))).toMatchObject({ state: 'DELIVERED' });
    expect(await onlyEvent(subject, receipt(message, 'on-its-way'))).toMatchObject({ state: 'PENDING' });
  },
  'a receipt for a message nobody knows': async (subject) => {
    const message = { ...(await aTaken(subject)), id: '424242' };

    expect(await onlyEvent(subject, subject.fake.manners.receipt(message, 'delivered'))).toMatchObject({
      kind: 'receipt',
      gatewayId: '424242',
    });
  },
  'a number without its country': async (subject) => {
    const message = await aTaken(subject);
    for (const written of ['0639980001', '33639980001', '0033639980001', '06 39 98 00 01']) {
      const telling = subject.fake.manners.receipt({ ...message, to: written }, 'delivered');
      expect(await onlyEvent(subject, telling)).toMatchObject({ to: ANNE });
    }
  },
  'STOP by the operator': async (subject) => {
    const message = await aTaken(subject);
    const { stop } = subject.fake.manners;

    expect(await onlyEvent(subject, stop(ANNE, message))).toMatchObject({ kind: 'stop', from: ANNE });
    expect(await onlyEvent(subject, stop(BRUNO))).toMatchObject({ kind: 'stop', from: BRUNO });
  },
  'STOP as a reply': async (subject) => {
    const told = subject.fake.manners.reply(ANNE, 'Stop');

    expect(await onlyEvent(subject, told)).toMatchObject({ kind: 'reply', from: ANNE, text: 'Stop' });
  },
  'words that only resemble STOP': async (subject) => {
    const text = 'Non-stop, à l’arrêt du bus « Stop » ?';

    expect(await onlyEvent(subject, subject.fake.manners.reply(ANNE, text))).toMatchObject({
      kind: 'reply',
      text,
    });
  },
  'a forged call': async (subject) => {
    const message = await aTaken(subject);
    const genuine = subject.fake.manners.receipt(message, 'delivered');
    const body = (genuine.body ?? '').replace('delivered', 'failed');
    const refused = { kind: 'REJECTED', reason: 'signature' };

    expect((await subject.receive(genuine)).kind).toBe('EVENTS');
    expect(await subject.receive({ ...genuine, body })).toEqual(refused);
    expect(await subject.receive({ ...genuine, url: `${genuine.url}&more=1` })).toEqual(refused);
    expect(await subject.receive({ ...genuine, headers: {} })).toEqual(refused);
  },
  'a call that cannot be read': async (subject) => {
    const told = { method: 'POST', url: 'https://sms.example.test/x' } as const;
    if (subject.kind === 'smpp')
      for (const body of UNREADABLE_PDU)
        expect((await subject.receive({ ...told, body })).kind).toBe('REJECTED');
    // Twilio signs none of them; read they are never called.
    else if (subject.gateway.capabilities.signedCallbacks)
      for (const body of UNREADABLE) expect((await subject.receive({ ...told, body })).kind).toBe('REJECTED');
    else
      for (const body of UNREADABLE)
        expect(await subject.receive({ ...told, body })).toEqual({ kind: 'EVENTS', events: [], unread: 1 });
  },
  'its list of people who said STOP': async ({ fake, gateway }) => {
    fake.blacklist.add(ANNE);

    expect(await gateway.pullStops?.(AbortSignal.timeout(5_000))).toMatchObject({
      kind: 'LISTED',
      stops: [{ kind: 'stop', from: ANNE }],
    });
  },
  'its health': async ({ fake, gateway, kind }) => {
    fake.credit.left = 42;
    (await anAttempt(gateway)).slot.release();

    expect(await gateway.health(AbortSignal.timeout(5_000))).toMatchObject({
      ok: true,
      ...(kind !== 'smpp' && kind !== 'smsmode' && { credit: { amount: '42' } }),
    });
    await fake.stop();
    expect(await gateway.health(AbortSignal.timeout(5_000))).toEqual({ ok: false, code: 'UNREACHABLE' });
  },
};
