import { randomBytes } from 'node:crypto';
import { ApplicationFailure } from '@temporalio/activity';
import { describe, expect, it } from 'vitest';
import { keyOf } from '../../src/crypto/cipher.ts';
import { dataConverterOf, PayloadKeyUnknown, PayloadSealer } from '../../src/temporal/payload-codec.ts';
import { queues } from '../../workflows/settings.ts';
import { done, inEnvironment, sends, waits, whileRunning } from '../workflows/stage.ts';

const key = (version: number) => keyOf(version, randomBytes(32));
const payload = (value: unknown) => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});

describe('what Temporal is given to keep', () => {
  const keyInForce = key(1);
  const sealer = new PayloadSealer([keyInForce]);

  it.each([
    ['an object', { canary: 'zanzibar' }],
    ['a list', ['zanzibar']],
  ])('is sealed when it is %s', async (_what, value) => {
    const sealed = await sealer.encode([payload(value)]);
    expect(JSON.stringify(sealed)).not.toContain(Buffer.from('zanzibar').toString('base64').slice(0, 8));
    expect(Buffer.from(sealed[0]?.data ?? []).includes('zanzibar')).toBe(false);
    const [opened] = await sealer.decode(sealed);
    expect(JSON.parse(Buffer.from(opened?.data ?? []).toString())).toEqual(value);
    expect(Buffer.from(opened?.metadata?.['encoding'] ?? []).toString()).toBe('json/plain');
  });

  it('stays readable for a workflow’s own state', async () => {
    const own = payload({ definition: { type: 'campaign' }, currentDetails: 'Attend lundi 8 h (WIN-02).' });
    expect(await sealer.encode([own])).toEqual([own]);
    const more = payload({ definition: { type: 'campaign' }, canary: 'zanzibar' });
    expect(Buffer.from((await sealer.encode([more]))[0]?.data ?? []).includes('zanzibar')).toBe(false);
  });

  it.each(['Pas de SMS le dimanche', '{', 12, true, null])('stays readable when it is %j', async (value) => {
    const plain = payload(value);
    expect(await sealer.encode([plain])).toEqual([plain]);
    expect(await sealer.decode([plain])).toEqual([plain]);
  });

  it('opens after a rotation under its own key', async () => {
    const [first, second] = [key(1), key(2)];
    const sealed = await new PayloadSealer([first]).encode([payload({ a: 1 })]);
    const after = await new PayloadSealer([second, first]).decode(sealed);
    expect(JSON.parse(Buffer.from(after[0]?.data ?? []).toString())).toEqual({ a: 1 });
    await expect(async () => new PayloadSealer([second]).decode(sealed)).rejects.toThrow(PayloadKeyUnknown);
  });

  it('is plain unless encryption is chosen', async () => {
    const plain = new PayloadSealer([key(2), keyInForce], { encrypts: false });
    const told = payload({ seriesId: 's-1' });
    expect(await plain.encode([told])).toEqual([told]);
    expect(await plain.decode([...(await sealer.encode([told])), told])).toEqual([told, told]);
  });

  it.each([
    ['ids where payloads are plain', new PayloadSealer([keyInForce], { encrypts: false }), true],
    ['no object where they are encrypted', sealer, false],
  ])('shows %s, and hides failures', async (_what, codec, isPlain) => {
    const dataConverter = dataConverterOf(codec);
    let asked = 0;
    const activities = {
      readImport: async () => {
        asked += 1;
        if (asked === 1) return sends;
        if (asked === 2) return waits(0, { waitMs: 1, accounts: { pending: 7 } });
        if (asked === 3) throw new Error('zanzibar was in the way');
        if (asked === 4) return done('FINISHED');
        const cause = new Error('Key (phone)=(zanzibar) exists already');
        throw ApplicationFailure.create({
          message: 'zanzibar again',
          type: 'IMPORT_NOT_FOUND',
          nonRetryable: true,
          cause,
        });
      },
    };
    const ids = { tenantId: 'tenant-0001', importId: 'import-0001' };
    await inEnvironment({ dataConverter }, async ({ client, worker }) => {
      const workers = await Promise.all(
        [queues.orchestration, queues.housekeeping].map((taskQueue) =>
          worker({ taskQueue, activities, dataConverter }),
        ),
      );
      const start = { taskQueue: queues.orchestration, args: [ids] as [object] };
      await whileRunning(workers, async () => {
        await client.workflow.execute('importContacts', { ...start, workflowId: 'import/1' });
        const failed = client.workflow.execute('importContacts', { ...start, workflowId: 'import/2' });
        await expect(failed).rejects.toThrow('Workflow execution failed');
      });
      for (const workflowId of ['import/1', 'import/2']) {
        const text = readable(await client.workflow.getHandle(workflowId).fetchHistory());
        expect(text.includes(ids.importId)).toBe(isPlain);
        expect(text.includes('"waitMs"')).toBe(isPlain && workflowId === 'import/1');
        expect(text).not.toContain('zanzibar');
        expect(text).toContain(workflowId === 'import/1' ? 'Pas de SMS le dimanche' : 'IMPORT_NOT_FOUND');
      }
    });
  });
});

/** Every text of a history, the bytes of payloads in clear. */
function readable(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.values(value).map(readable).join('\n');
}
