import { afterEach, describe, expect, it } from 'vitest';
import { post, WebhookNames } from '../../../../src/operations/webhooks/webhook-call.ts';
import { aNameServer } from '../../../support/name-server.ts';
import { aReceiver } from '../../../support/receiver.ts';

const closing: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of closing.splice(0)) await one.close();
});

/** Posts to a name that resolves to this address, while a receiver listens on loopback. */
async function posted(
  host: string,
  { address, ...call }: { address?: string | null; privately: boolean; timeoutMs?: number; scheme?: string },
) {
  const receiver = await aReceiver();
  const server = await aNameServer(address === undefined ? {} : { [host]: address });
  closing.push(receiver, server);
  const { port } = new URL(receiver.url);
  const answer = await post({
    url: `${call.scheme ?? 'http'}://${host}:${port}/`,
    headers: {},
    body: '{}',
    timeoutMs: call.timeoutMs ?? 60_000,
    privately: call.privately,
    names: new WebhookNames({ privately: call.privately, servers: [server.address] }),
    signal: new AbortController().signal,
  });
  return { answer, received: receiver.received.length, asked: server.asked.length };
}

const refused = (because: string): object => ({ answer: { taken: false, because }, received: 0 });

describe('a post to a name', () => {
  it.each(['127.0.0.1', '10.0.0.1', '169.254.169.254', '0.0.0.0'])(
    'is refused when it leads inside: %s',
    async (address) => {
      const inside = await posted('hook.example', { address, privately: false, scheme: 'https' });
      expect(inside).toMatchObject(refused('ADDRESS_REFUSED'));
      expect(inside.asked).toBeGreaterThan(0);
    },
  );

  it.each(['localhost', 'here.localhost', 'printer.local', 'vault.internal', 'localhost.'])(
    'of this machine is not asked for: %s',
    async (host) => {
      const own = await posted(host, { address: '127.0.0.1', privately: false, scheme: 'https' });
      expect(own).toMatchObject({ ...refused('ADDRESS_REFUSED'), asked: 0 });
    },
  );

  it('arrives inside where that is allowed', async () => {
    const inside = await posted('hook.example', { address: '127.0.0.1', privately: true });
    expect(inside).toMatchObject({ answer: { taken: true }, received: 1 });
  });

  it('fails by its cause', async () => {
    const unknown = await posted('hook.example', { address: null, privately: false, scheme: 'https' });
    expect(unknown).toMatchObject(refused('NAME_UNKNOWN'));
    const mute = await posted('hook.example', { privately: true, timeoutMs: 200 });
    expect(mute).toMatchObject(refused('TIMEOUT'));
  });
});
