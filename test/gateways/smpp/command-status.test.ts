import { describe, expect, it, test, vi } from 'vitest';
import { refusalOf } from '../../../src/gateways/smpp/smpp-gateway.ts';
import { aCall, anAttempt } from '../sandbox/support.ts';
import { anAccount, aSilentOperator } from './support.ts';

describe('a status', () => {
  test.each([
    ['of a system that failed', 0x08, 'AMBIGUOUS'],
    ['of a delivery that failed', 0xfe, 'AMBIGUOUS'],
    ['that says no more than "error"', 0xff, 'AMBIGUOUS'],
    ['of an operator’s own, that nobody knows', 0x4_44, 'UNLISTED'],
    ['that SMPP leaves to nobody', 0x5_44, 'AMBIGUOUS'],
    ['of an operator’s own, that its page explains', 0x4_00, 'THROTTLED'],
    ['of one session too many', 0x0d, 'RETRYABLE'],
    ['of a session that is not bound', 0x04, 'RETRYABLE'],
    ['of a wrong password', 0x0e, 'CONFIG'],
    ['of nobody known', 0x0f, 'CONFIG'],
    ['of a command that is not taken', 0x03, 'CONFIG'],
    ['of too much at once', 0x58, 'THROTTLED'],
    ['of a wrong number', 0x0b, 'PERMANENT_RECIPIENT'],
  ])('%s is read', (_what, status, errorClass) => {
    expect(refusalOf(status)).toMatchObject({ errorClass });
  });
});

describe('a status of an operator’s own', () => {
  test.each([
    ['recipient', 'PERMANENT_RECIPIENT'],
    ['opted-out', 'OPTED_OUT'],
    ['content', 'PERMANENT_CONTENT'],
    ['account', 'CONFIG'],
    ['credit', 'CREDIT'],
    ['throttled', 'THROTTLED'],
    ['again', 'RETRYABLE'],
    ['in-doubt', 'AMBIGUOUS'],
  ] as const)('that is said to mean %s is %s', (meaning, errorClass) => {
    expect(refusalOf(0x4a1, { '0x4a1': meaning })).toEqual({ code: 'ESME_0x4a1', errorClass });
    expect(refusalOf(0x400, { '0x400': meaning })).toMatchObject({ errorClass });
  });

  it('refuses that message alone, without uncertainty', async () => {
    const operator = await aSilentOperator({ now: true });
    const { gateway } = anAccount(operator.url);
    const sent = gateway.submit(aCall(), await anAttempt(gateway));
    await vi.waitFor(() => expect(operator.submits).toHaveLength(1));
    const { socket, pdu } = operator.submits[0] ?? {};
    socket?.write(pdu?.response({ command_status: 0x4a1 }).toBuffer() ?? '');

    expect(await sent).toMatchObject({ kind: 'REFUSED', errorClass: 'UNLISTED', code: 'ESME_0x4a1' });
    await gateway.close();
  });
});

describe('a message refused with a status that proves nothing', () => {
  it('is in doubt, and not sent again', async () => {
    const operator = await aSilentOperator({ now: true });
    const { gateway } = anAccount(operator.url);
    const sent = gateway.submit(aCall(), await anAttempt(gateway));
    await vi.waitFor(() => expect(operator.submits).toHaveLength(1));
    const { socket, pdu } = operator.submits[0] ?? {};
    socket?.write(pdu?.response({ command_status: 0xff }).toBuffer() ?? '');

    expect(await sent).toMatchObject({ kind: 'UNKNOWN', reason: '5xx' });
    await gateway.close();
  });
});

describe('a message refused with "submit failed"', () => {
  it('is retried once, separately for each message', async () => {
    const operator = await aSilentOperator({ now: true });
    const { gateway } = anAccount(operator.url);
    const refused = async (reference: string) => {
      const before = operator.submits.length;
      const call = aCall({ recipients: [{ to: '+33639980001', reference }] });
      const sent = gateway.submit(call, await anAttempt(gateway));
      await vi.waitFor(() => expect(operator.submits).toHaveLength(before + 1));
      const { socket, pdu } = operator.submits.at(-1) ?? {};
      socket?.write(pdu?.response({ command_status: 0x45 }).toBuffer() ?? '');
      const { kind, ...said } = await sent;
      return { kind, errorClass: 'errorClass' in said ? said.errorClass : undefined };
    };

    expect(await refused('msg_1')).toEqual({ kind: 'REFUSED', errorClass: 'RETRYABLE' });
    expect(await refused('msg_2')).toEqual({ kind: 'REFUSED', errorClass: 'RETRYABLE' });
    expect(await refused('msg_1')).toEqual({ kind: 'REFUSED', errorClass: 'PERMANENT_CONTENT' });
    await gateway.close();
  });
});
