import { createHash, randomUUID } from 'node:crypto';
import type { DateTime } from 'luxon';
import { adultLater, clockOf, type PlaceFrom } from '../../../src/person/person.ts';
import {
  appendAct,
  consentAccountsOf,
  changedStatuses,
  type ConsentAccount,
} from '../../../src/people/consent/consent-account.ts';
import { exactInstant, CONSENT_PURPOSES, type ConsentKind } from '../../../src/person/consent-event.ts';
import {
  writeRecord,
  type NewEvent,
  type NewSuppression,
} from '../../../src/people/consent/consent.repository.ts';
import {
  insertContacts,
  readContacts,
  type Contact,
} from '../../../src/people/contact/contact.repository.ts';
import { uuidV7 } from '../../../src/base/random.ts';
import { BASES } from '../../../src/law/chapters/consent.ts';
import type { Shop } from '../import/shop.ts';

/** How many people one transaction creates. */
const AT_ONCE = 2_500;

/** The wordings that agreements may name, of brands and of the house. */
export interface Words {
  readonly wordingIds: readonly [string, ...string[]];
}

/** Creates random people, their acts, and suppressions around these; returns their ids and some unknown ones. */
export async function randomPeople(
  shop: Shop,
  { chance, count, wordingIds }: { readonly chance: () => number; readonly count: number } & Words,
): Promise<string[]> {
  const ids: string[] = [];
  for (let made = 0; made < count; made += AT_ONCE)
    ids.push(...(await some(shop, { chance, count: Math.min(AT_ONCE, count - made), wordingIds })));
  return ids;
}

async function some(
  shop: Shop,
  { chance, count, wordingIds }: { readonly chance: () => number; readonly count: number } & Words,
): Promise<string[]> {
  const dice = new Dice(chance);
  const now = shop.clock.now();
  const people = Array.from({ length: count }, () => person(dice, now));
  const ids = await shop.within(async (tx) => {
    const made = await insertContacts(tx, people, {
      keys: shop.deps.keys,
      at: now.toISO(),
      machineMs: now.toMillis(),
    });
    const contacts = await readContacts(tx, shop.deps.keys, [...made.values()]);
    const accounts = consentAccountsOf(contacts, { events: [], suppressions: [], statuses: [] });
    const acts = [...accounts.values()].flatMap((account) =>
      actsOf(dice, { account, now, wordingIds, shop }),
    );
    const listed = contacts.flatMap((contact) => listedAs(dice, { contact, now }));
    const statuses = changedStatuses(accounts.values());
    await writeRecord(tx, { events: acts, statuses, at: now.toISO() });
    // The consent rows are written before these suppressions are, as when a list is imported later.
    await writeRecord(tx, { suppressions: listed, at: now.toISO() });
    return [...made.values()];
  });
  await laterChanges(shop, { ids, dice, now });
  return [...ids, ...Array.from({ length: Math.ceil(count / 50) }, () => randomUUID())];
}

/** Draws random choices. */
class Dice {
  readonly #chance: () => number;

  constructor(chance: () => number) {
    this.#chance = chance;
  }

  is(share: number): boolean {
    return this.#chance() < share;
  }

  below(bound: number): number {
    return Math.floor(this.#chance() * bound);
  }

  of<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }
}

type Place = readonly [territory: string, timeZone: string];

const PLACES: readonly [Place, ...Place[]] = [
  ['FR', 'Europe/Paris'],
  ['RE', 'Indian/Reunion'],
  ['PF', 'Pacific/Tahiti,Pacific/Marquesas,Pacific/Gambier'],
  ['NC', 'Pacific/Noumea'],
  ['GP+BL+MF', 'America/Guadeloupe'],
];

function person(dice: Dice, now: DateTime): Parameters<typeof insertContacts>[1][number] {
  const [territory, timeZone] = dice.of(PLACES);
  const placeFrom = dice.is(0.04)
    ? 'unknown'
    : dice.of<PlaceFrom>(['contact', 'address', 'number', 'tenant']);
  const place = { territory, timeZone, placeFrom };
  const today = now.setZone(clockOf(place));
  // Half of those whose birth is known come of age within a day of today.
  const born = dice.is(0.5)
    ? today.plus({ days: dice.below(3) - 1 })
    : today.plus({ days: dice.below(8_000) - 4_000 });
  const birthDate = dice.is(0.15) ? born.minus({ years: 18 }).toFormat('yyyy-MM-dd') : undefined;
  return {
    person: { phone: '+33639980000', attributes: {}, ...(birthDate === undefined ? {} : { birthDate }) },
    place,
    lineType: dice.is(0.94) ? 'mobile' : dice.of(['landline', 'other']),
    adultOn: adultLater(birthDate, today.toFormat('yyyy-MM-dd')),
    lastInteractionAt: dice.is(0.5) ? (moment(dice, now).toISO() ?? undefined) : undefined,
    phoneIndex: createHash('sha256').update(randomUUID()).digest(),
    simulated: dice.is(0.05),
  };
}

/** Draws an instant of the last five years, often within a millisecond of the limits of two and three years. */
function moment(dice: Dice, now: DateTime): DateTime {
  const utc = now.toUTC();
  if (dice.is(0.2)) return utc.minus({ years: 3 }).plus({ milliseconds: dice.below(3) - 1 });
  if (dice.is(0.2)) return utc.minus({ months: 24 }).plus({ milliseconds: dice.below(3) - 1 });
  return utc.minus({ seconds: dice.below(5 * 365 * 86_400) });
}

const KINDS = [
  'granted',
  'granted',
  'granted',
  'confirmed',
  'reinstated',
  'pending',
  'refused',
  'withdrawn',
  'objected',
  'expired',
] as const satisfies readonly ConsentKind[];
const LEAVING: ReadonlySet<ConsentKind> = new Set(['withdrawn', 'objected']);

function actsOf(
  dice: Dice,
  {
    account,
    now,
    wordingIds,
    shop,
  }: { readonly account: ConsentAccount; readonly now: DateTime; readonly shop: Shop } & Words,
): NewEvent[] {
  return Array.from({ length: dice.below(5) }, (_, turn) => {
    const kind = turn === 0 ? 'granted' : dice.of(KINDS);
    const basis = dice.is(0.7) ? 'consent' : dice.of(BASES);
    const named = basis === 'consent' || dice.is(0.5) ? dice.of(wordingIds) : null;
    const occurredAt = exactInstant(moment(dice, now));
    const act: Parameters<typeof appendAct>[2] = {
      id: uuidV7(now.toMillis() + turn),
      purpose: LEAVING.has(kind) && dice.is(0.3) ? 'all' : dice.of(CONSENT_PURPOSES),
      kind,
      basis,
      method: LEAVING.has(kind) ? dice.of(['import', null]) : 'paper',
      channel: null,
      wordingId: LEAVING.has(kind) ? null : named,
      proof: 'attested',
      occurredAt,
      recordedAt: exactInstant(now),
      actor: 'key:test',
      barred: kind === 'granted' && dice.is(0.06) ? 'MINOR' : null,
      simulated: false,
    };
    return appendAct(shop.deps, { account }, act);
  });
}

function listedAs(
  dice: Dice,
  { contact, now }: { readonly contact: Pick<Contact, 'phoneIndex'>; readonly now: DateTime },
): NewSuppression[] {
  if (!dice.is(0.1)) return [];
  const phoneIndex = contact.phoneIndex.toString('hex');
  const scope = dice.of(['all', ...CONSENT_PURPOSES] as const);
  return [
    {
      id: uuidV7(now.toMillis()),
      phoneIndex,
      scope,
      since: exactInstant(moment(dice, now)),
      source: 'import',
      eventId: null,
    },
  ];
}

/** Changes rows as other writers do: retires numbers, ends agreements, lifts suppressions. */
async function laterChanges(
  shop: Shop,
  { ids, dice, now }: { readonly ids: readonly string[]; readonly dice: Dice; readonly now: DateTime },
): Promise<void> {
  const at = now.toISO();
  const share = (part: number): string[] => ids.filter(() => dice.is(part));
  await shop.tamper(
    `UPDATE contact SET retired_at = $2, number_state = 'NUMBER_INVALID' WHERE id = ANY ($1::uuid[])`,
    [share(0.05), at],
  );
  for (const milliseconds of [-1, 0, 1])
    await shop.tamper('UPDATE consent SET until = $2 WHERE contact_id = ANY ($1::uuid[])', [
      share(0.02),
      now.plus({ milliseconds }).toISO(),
    ]);
  await shop.tamper(
    `UPDATE suppression s SET lifted_at = $2, lifted_by = s.id FROM contact c WHERE c.id = ANY ($1::uuid[]) AND s.phone_index = c.phone_index`,
    [share(0.3), at],
  );
}
