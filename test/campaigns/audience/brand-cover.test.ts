import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { recordConsents } from '../../../src/people/consent/record-consents.ts';
import { addWording } from '../../../src/people/consent/wording.repository.ts';
import { withdraw } from '../../../src/people/opt-out/opt-out.repository.ts';
import { told } from '../../people/import/shop.ts';
import { aNumber, campaigning, type Campaigning } from '../run/campaigning.ts';
import { openBase } from '../../support/database.ts';

const [LAMPS, CHAIRS] = [randomUUID(), randomUUID()];
const { test, database } = await openBase();

const aBrand = (world: Campaigning, id: string, name: string) =>
  world.shop.tamper(
    `INSERT INTO brand (id, tenant_id, external_id, name, created_at) VALUES ($2, $1, $3, $3, now())`,
    [world.shop.id, id, name],
  );

async function agrees(world: Campaigning, contactId: string, brandId: string | undefined, day: string) {
  await world.shop.within(async (tx) => {
    const text = `J’accepte les offres de ${brandId ?? 'la maison'} par SMS. STOP pour arrêter.`;
    const wording = await addWording(tx, world.shop.deps, { text, purposes: ['marketing'], brandId });
    const grant = {
      contactId,
      purpose: 'marketing' as const,
      method: 'paper' as const,
      wordingId: wording.id,
      grantedAt: `${day}T10:00:00+01:00`,
      evidence: { documentRef: `BULL-${randomUUID()}` },
      actor: 'key:test',
    };
    await recordConsents(tx, world.shop.deps, [grant]);
  });
}

async function reasons(world: Campaigning, campaignId: string): Promise<Map<string, string | null>> {
  const rows = await world.shop.tamper(
    `SELECT m.contact_id AS id, m.reason FROM batch b JOIN message m ON m.batch_id = b.id WHERE b.campaign_id = $1`,
    [campaignId],
  );
  return new Map(rows.map(({ id, reason }) => [String(id), reason as string | null]));
}

it('a brand’s campaign reaches those who agreed', async () => {
  const world = await campaigning(database, test);
  await aBrand(world, LAMPS, 'Lampes');
  await aBrand(world, CHAIRS, 'Chaises');
  const phones = [1, 2, 3, 4, 5].map(() => aNumber());
  const [lamps = '', chairs = '', both = '', none = '', back = ''] = await world.strangers(
    ...phones.map((phone) => told(phone)),
  );
  await agrees(world, lamps, LAMPS, '2026-01-05');
  await agrees(world, chairs, CHAIRS, '2026-01-05');
  await agrees(world, both, LAMPS, '2026-01-05');
  await agrees(world, both, CHAIRS, '2026-02-05');
  await agrees(world, none, undefined, '2026-01-05');
  await agrees(world, back, LAMPS, '2026-01-05');
  const left = { phone: phones[4] ?? '', scope: ['marketing'] as const, channel: 'sms' as const };
  await world.shop.within((tx) =>
    withdraw(tx, world.shop.deps, {
      ...left,
      occurredAt: '2026-02-01T10:00:00+01:00',
      actor: 'person',
      evidence: {},
    }),
  );
  await agrees(world, back, CHAIRS, '2026-03-05');

  const ofLamps = await reasons(world, await world.frozen({ brandId: LAMPS }));
  expect([lamps, chairs, both, none, back].map((id) => ofLamps.get(id))).toEqual([
    null,
    'NO_BASIS',
    null,
    'NO_BASIS',
    'NO_BASIS',
  ]);
  const ofChairs = await reasons(world, await world.frozen({ brandId: CHAIRS }));
  expect([lamps, chairs, both, none, back].map((id) => ofChairs.get(id))).toEqual([
    'NO_BASIS',
    null,
    null,
    'NO_BASIS',
    null,
  ]);
  const ofNone = await reasons(world, await world.frozen());
  expect([lamps, chairs, both, none, back].map((id) => ofNone.get(id))).toEqual([
    'NO_BASIS',
    'NO_BASIS',
    'NO_BASIS',
    null,
    'NO_BASIS',
  ]);
});

it('a wording without brand covers the only one', async () => {
  const world = await campaigning(database, test);
  const only = randomUUID();
  await aBrand(world, only, 'Lampes');
  const [somebody = ''] = await world.strangers(told(aNumber()));
  await agrees(world, somebody, undefined, '2026-01-05');
  const named = await world.strangers(told(aNumber()));
  await agrees(world, named[0] ?? '', only, '2026-01-05');
  for (const brandId of [only, undefined]) {
    const judged = await reasons(world, await world.frozen({ brandId }));
    expect([somebody, named[0] ?? ''].map((id) => judged.get(id))).toEqual([null, null]);
  }
});
