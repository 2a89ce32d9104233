import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Audience } from '../../../src/campaigns/audience/audience.repository.ts';
import { launchCampaign } from '../../../src/campaigns/run/order.ts';
import { receiveImport } from '../../../src/people/import/import-reception.ts';
import { campaigning, type Campaigning } from '../run/campaigning.ts';
import { openBase } from '../../support/database.ts';

const { test, database } = await openBase();

const aFile = (world: Campaigning, kind: 'contacts' | 'suppressions' = 'contacts') =>
  receiveImport(world.deps, {
    kind,
    options: {},
    source: 'test',
    actor: 'key:test',
    bytes: Readable.from([Buffer.from('telephone;prenom\n06 39 98 00 01;Ana\n')]),
  });

describe('a campaign that names a file', () => {
  it.each<[string, (importId: string) => Audience]>([
    ['of the people meant', (importId) => ({ importId })],
    ['of people left out', (importId) => ({ all: true, exclude: [{ importId }] })],
  ])('%s is launched once its file is read', async (_whom, naming) => {
    const world = await campaigning(database, test);
    const { id: importId } = await aFile(world);
    const { exclude, ...audience } = naming(importId);
    const campaignId = await world.draft({ audience, exclude });
    const launching = () =>
      world.shop.within((tx) => launchCampaign(tx, world.deps, { campaignId, actor: 'key:test' }));
    const becoming = (state: string) =>
      world.shop.tamper('UPDATE import SET state = $2, finished_at = now() WHERE id = $1', [importId, state]);
    await expect(launching()).rejects.toMatchObject({ code: 'IMPORT_NOT_FINISHED', details: {} });
    await becoming('failed');
    await expect(launching()).rejects.toMatchObject({
      code: 'IMPORT_NOT_FINISHED',
      details: { detail: expect.stringContaining('send it again') as string },
    });
    await becoming('finished');
    expect((await launching()).status).toBe('running');
  });

  // Without the file, nobody in it would be excluded.
  it('is not launched once its file is gone', async () => {
    const world = await campaigning(database, test);
    const { id: importId } = await aFile(world);
    const campaignId = await world.draft({ audience: { all: true }, exclude: [{ importId }] });
    await world.shop.tamper('DELETE FROM import_slice WHERE import_id = $1', [importId]);
    await world.shop.tamper('DELETE FROM import WHERE id = $1', [importId]);
    const launching = world.shop.within((tx) =>
      launchCampaign(tx, world.deps, { campaignId, actor: 'key:test' }),
    );
    await expect(launching).rejects.toMatchObject({ code: 'IMPORT_NOT_FOUND' });
  });

  it.each<[string, (importId: string) => Audience]>([
    ['for whom it names', (importId) => ({ importId })],
    ['without them', (importId) => ({ all: true, exclude: [{ importId }] })],
  ])('is not made %s without names', async (_whom, naming) => {
    const world = await campaigning(database, test);
    const { id } = await aFile(world, 'suppressions');
    const { exclude, ...audience } = naming(id);
    await expect(world.draft({ audience, exclude })).rejects.toMatchObject({
      code: 'AUDIENCE_NOT_SUPPORTED',
    });
  });
});
