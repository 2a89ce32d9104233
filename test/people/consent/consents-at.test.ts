import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { consentsAt } from '../../../src/people/consent/consents-at.ts';
import { listContacts, readContact } from '../../../src/people/contact/contact.repository.ts';
import { contactView, patchContact } from '../../../src/people/contact/contact.ts';
import type { Grant } from '../../../src/people/consent/grant-criteria.ts';
import { recordConsents } from '../../../src/people/consent/record-consents.ts';
import { suppress, withdraw } from '../../../src/people/opt-out/opt-out.repository.ts';
import { upsertContacts } from '../../../src/people/contact/upsert-contacts.ts';
import { type ContactGiven } from '../../../src/person/person.ts';
import {
  addWording,
  declareWordings,
  findWording,
  listWordings,
} from '../../../src/people/consent/wording.repository.ts';
import { aShop, told, type Shop } from '../import/shop.ts';
import { openBase } from '../../support/database.ts';

let shop: Shop;
let wordingId: string;

const { test, database } = await openBase();
beforeEach(async () => {
  shop = await aShop(database, test);
  const given = { text: 'Offres de Maison Lumière. STOP.', purposes: ['marketing'] } as const;
  wordingId = (await shop.within((tx) => addWording(tx, shop.deps, given))).id;
});

async function somebody(phone: string, more: Partial<ContactGiven> = {}): Promise<string> {
  const [made] = await shop.within((tx) => upsertContacts(tx, shop.deps, [told(phone, more)]));
  return made?.id ?? '';
}

const grant = (contactId: string, grantedAt: string, more: Partial<Grant> = {}) =>
  shop.within((tx) =>
    recordConsents(tx, shop.deps, [
      {
        contactId,
        grantedAt,
        purpose: 'marketing',
        method: 'paper',
        wordingId,
        actor: 'key:test',
        evidence: { documentRef: `B-${grantedAt}` },
        ...more,
      },
    ]),
  );

const marketing = async (contactId: string, at?: string) =>
  (await shop.within((tx) => consentsAt(tx, shop.deps, { contactId, at })))?.purposes.marketing;

const stop = (phone: string, occurredAt: string) =>
  shop.within((tx) =>
    withdraw(tx, shop.deps, {
      phone,
      occurredAt,
      scope: ['marketing'],
      channel: 'sms',
      actor: 'person',
      evidence: {},
    }),
  );

describe('a person’s consent at an instant', () => {
  it('is known for any past instant', async () => {
    const id = await somebody('0612345601');
    await grant(id, '2026-01-10T10:00:00Z');
    await stop('+33612345601', '2026-05-01T10:00:00Z');
    const on = async (at?: string) => {
      const view = await marketing(id, at);
      return [view?.sendable, view?.why, view?.since];
    };
    expect(await on('2026-01-10T09:59:59Z')).toEqual([false, 'NO_BASIS', null]);
    expect(await on('2026-01-10T11:00:00+01:00')).toEqual([true, null, '2026-01-10T10:00:00.000Z']);
    expect(await on('2026-05-01T09:59:59Z')).toEqual([true, null, '2026-01-10T10:00:00.000Z']);
    expect(await on('2026-05-01T10:00:00Z')).toEqual([
      false,
      'CONSENT_WITHDRAWN',
      '2026-05-01T10:00:00.000Z',
    ]);
    expect(await on()).toEqual([false, 'CONSENT_WITHDRAWN', '2026-05-01T10:00:00.000Z']);
  });

  it('lists the acts until then, without number', async () => {
    const id = await somebody('0612345601');
    await grant(id, '2026-01-10T10:00:00Z');
    await stop('+33612345601', '2026-05-01T10:00:00Z');
    const told_ = await shop.within((tx) => consentsAt(tx, shop.deps, { contactId: id }));
    expect(told_?.events.map(({ kind, proof, channel }) => [kind, proof, channel])).toEqual([
      ['granted', 'held', null],
      ['withdrawn', 'none', 'sms'],
    ]);
    expect(JSON.stringify(told_)).not.toContain('612345601');
    const before = await shop.within((tx) =>
      consentsAt(tx, shop.deps, { contactId: id, at: '2026-02-01T00:00:00Z' }),
    );
    expect(before?.events).toHaveLength(1);
  });

  it('says that a suppressed number is unreachable', async () => {
    await shop.within((tx) =>
      suppress(tx, shop.deps, [{ phone: '+33612345601', scope: 'all', source: 'ovh', actor: 'key:test' }]),
    );
    expect(await marketing(await somebody('0612345601'))).toMatchObject({
      sendable: false,
      why: 'SUPPRESSED',
    });
  });

  it('is too young for advertising until the birthday', async () => {
    const id = await somebody('0612345601', { birthDate: '2008-12-01', timeZone: 'America/Martinique' });
    await grant(id, '2026-11-01T10:00:00Z');
    expect(await marketing(id, '2026-12-01T03:59:00Z')).toMatchObject({ sendable: false, why: 'MINOR' });
    expect(await marketing(id, '2026-12-01T04:00:00Z')).toMatchObject({ sendable: true, why: null });
  });

  it.each<[string, string | undefined, object]>([
    ['2029-01-10T10:00:00Z', undefined, { sendable: true, why: null, until: '2029-01-10T10:00:00.000Z' }],
    ['2029-01-10T10:00:01Z', undefined, { sendable: false, why: 'CONSENT_EXPIRED', until: null }],
    [
      '2028-06-01T10:00:00Z',
      '2026-06-01T10:00:00Z',
      { sendable: true, why: null, until: '2028-06-01T10:00:00.000Z' },
    ],
    ['2028-06-01T10:00:01Z', '2026-06-01T10:00:00Z', { sendable: false, why: 'NUMBER_RETIRED', until: null }],
    ['2029-06-01T10:00:01Z', '2026-06-01T10:00:00Z', { sendable: false, why: 'CONSENT_EXPIRED' }],
  ])('on %s agrees with the freeze, after %s', async (at, lastInteractionAt, stood) => {
    const id = await somebody('0612345601', { lastInteractionAt });
    await grant(id, '2026-01-10T10:00:00Z');
    expect(await marketing(id, at)).toMatchObject(stood);
  });

  it.each<[string, string, string | undefined, object]>([
    ['young enough by itself', '2027-12-01T10:00:00Z', undefined, { sendable: true, doubt: null }],
    [
      'carried by a sign of before',
      '2029-06-01T10:00:00Z',
      '2028-06-01T10:00:00Z',
      { sendable: true, doubt: null },
    ],
    [
      'older than three years, whatever came later',
      '2029-06-01T10:00:00Z',
      '2029-06-02T10:00:00Z',
      { sendable: false, why: 'CONSENT_EXPIRED', doubt: 'LAST_INTERACTION_REPLACED' },
    ],
    [
      'over two years old, perhaps with a sign',
      '2028-06-01T10:00:00Z',
      '2028-06-02T10:00:00Z',
      { sendable: true, doubt: 'LAST_INTERACTION_REPLACED' },
    ],
    [
      'young enough, whatever came later',
      '2027-06-01T10:00:00Z',
      '2029-06-02T10:00:00Z',
      { sendable: true, until: '2029-01-10T10:00:00.000Z', doubt: null },
    ],
  ])('of the past uses earlier signs: agreement %s', async (_, at, lastInteractionAt, stood) => {
    const id = await somebody('0612345601', { lastInteractionAt });
    await grant(id, '2026-01-10T10:00:00Z');
    expect(await marketing(id, at)).toMatchObject(stood);
  });

  it('now is judged by the last sign', async () => {
    const id = await somebody('0612345601', { lastInteractionAt: '2026-10-01T10:00:00Z' });
    await grant(id, '2023-01-10T10:00:00Z');
    expect(await marketing(id)).toMatchObject({ sendable: true, doubt: null });
  });

  it('is the answer when recording an agreement', async () => {
    const id = await somebody('0612345601', { birthDate: '2009-12-01' });
    const [minor] = await grant(id, '2026-11-01T10:00:00Z');
    expect(minor).toMatchObject({ kind: 'recorded', sendable: false, why: 'MINOR' });
    const other = await somebody('0612345602');
    const [old] = await grant(other, '2023-11-01T10:00:00Z');
    expect(old).toMatchObject({ kind: 'recorded', sendable: false, why: 'CONSENT_EXPIRED' });
    expect(await marketing(other)).toMatchObject({ sendable: false, why: 'CONSENT_EXPIRED' });
    expect(await shop.tamper('SELECT sendable FROM consent WHERE contact_id = $1', [id])).toEqual([
      { sendable: true },
    ]);
  });

  it('is hidden from another tenant', async () => {
    const id = await somebody('0612345601');
    const other = await aShop(database, test);
    expect(await other.within((tx) => consentsAt(tx, other.deps, { contactId: id }))).toBeUndefined();
  });
});

describe('a birth date learned later', () => {
  it('ends what a child agreed to alone', async () => {
    const id = await somebody('0612345601');
    await grant(id, '2025-06-01T10:00:00Z');
    await somebody('0612345601', { birthDate: '2011-01-01' });
    expect(await marketing(id)).toMatchObject({ sendable: false, why: 'MINOR' });
    const [row] = await shop.tamper('SELECT sendable, why FROM consent WHERE contact_id = $1', [id]);
    expect(row).toEqual({ sendable: false, why: 'MINOR' });
  });

  it('keeps what a guardian agreed to as well', async () => {
    const id = await somebody('0612345601');
    await grant(id, '2025-06-01T10:00:00Z', { evidence: { documentRef: 'B', guardianRef: 'mother' } });
    await shop.within((tx) => patchContact(tx, shop.deps, { id, birthDate: '2011-01-01' }));
    const [row] = await shop.tamper('SELECT sendable FROM consent WHERE contact_id = $1', [id]);
    expect(row).toEqual({ sendable: true });
  });
});

describe('a contact', () => {
  it('is shown with a masked number', async () => {
    const id = await somebody('0612345601', { firstName: 'Ana', attributes: { city: 'Lyon' } });
    const contact = await shop.within((tx) => readContact(tx, shop.deps.keys, id));
    expect(contact && contactView(contact)).toMatchObject({
      id,
      phone: '+336••••••01',
      territory: 'FR',
      placeFrom: 'number',
      attributes: { firstName: 'Ana', city: 'Lyon' },
    });
  });

  it('is corrected where the file was wrong', async () => {
    const id = await somebody('0690345601', { birthDate: '2012-01-01' });
    const patched = await shop.within((tx) =>
      patchContact(tx, shop.deps, { id, birthDate: '1982-01-01', postalCode: '97150' }),
    );
    expect(patched?.adultOn).toBeUndefined();
    expect(patched?.place).toEqual({ territory: 'MF', timeZone: 'America/Marigot', placeFrom: 'address' });
  });

  it('is found page by page, each once', async () => {
    for (let turn = 1; turn <= 5; turn += 1) {
      shop.clock.set(`2026-11-25T10:00:0${turn}Z`);
      await somebody(`061234560${turn}`);
    }
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await shop.within((tx) => listContacts(tx, shop.deps.keys, { limit: 2, after }));
      seen.push(...page.items.map(({ person }) => person.phone.slice(-1)));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual(['1', '2', '3', '4', '5']);
  });
});

describe('a wording', () => {
  it('is kept once, with versions for new words', async () => {
    const one = { text: 'Offres par SMS, dit Maison Lumière. STOP.', purposes: ['marketing'] } as const;
    const put = await shop.within((tx) =>
      declareWordings(tx, shop.deps, [one, { ...one, text: 'Autres offres.' }, one]),
    );
    expect(put.map(({ created, version }) => [created, version])).toEqual([
      [true, 2],
      [true, 3],
      [false, 2],
    ]);
    expect(put[1]?.findings.map(({ code }) => code)).toEqual(['CONTROLLER_NOT_NAMED', 'WITHDRAWAL_NOT_SAID']);
  });

  it('is in use from its earliest consent', async () => {
    const id = await somebody('0612345601');
    await grant(id, '2026-03-01T10:00:00Z');
    await grant(id, '2024-02-01T10:00:00Z');
    await grant(id, '2025-02-01T10:00:00Z');
    expect((await shop.within((tx) => findWording(tx, wordingId)))?.inUseFrom).toBe(
      '2024-02-01T10:00:00.000Z',
    );
    expect((await shop.within((tx) => listWordings(tx, { limit: 5 }))).items).toHaveLength(1);
    const noted = await shop.within((tx) => tx.rows(sql`SELECT FROM wording_citation`));
    expect(noted).toHaveLength(2);
  });

  it.each([
    [{ inUseFrom: '2026-02-01T00:00:00Z' }, '2026-01-31T23:59:59Z'],
    [{ inUseUntil: '2026-01-01T00:00:00Z' }, '2026-01-31T23:59:59Z'],
    [{ purposes: ['payment'] as const }, '2026-01-31T23:59:59Z'],
  ])('%j proves nothing for marketing agreed on %s', async (more, grantedAt) => {
    const given = { text: 'Autres mots.', purposes: ['marketing'] as const, ...more };
    const wording = await shop.within((tx) => addWording(tx, shop.deps, given));
    const id = await somebody('0612345601');
    const [answer] = await grant(id, grantedAt, { wordingId: wording.id });
    expect(answer).toEqual({ kind: 'refused', code: 'WORDING_NOT_IN_USE' });
  });

  it('is never rewritten', async () => {
    const change = shop.within((tx) => tx.run(sql`UPDATE wording SET text = 'x'`));
    await expect(change).rejects.toThrow(/never rewritten/);
  });
});
