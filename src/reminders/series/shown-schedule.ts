import { createCipheriv, createDecipheriv, hkdfSync, type KeyObject } from 'node:crypto';
import { DateTime } from 'luxon';
import { localDate } from '../../rule/index.ts';
import { instant, type Clock, type Database, type Transaction, type Vault } from '../../platform/index.ts';
import { readContact } from '../../people/index.ts';
import { blockIn, idIn, lettersOf } from '../../person/index.ts';
import type { Money } from '../../sms/index.ts';
import { tenantOf, type Tenant } from '../../company/index.ts';
import {
  seriesDetailsOf,
  isCalledOff,
  paidAt,
  type Series,
  type SeriesDetails,
  type PaymentTerms,
} from './series.ts';
import { tenantOfSeries } from './notify.repository.ts';
import { readSeries } from './series.repository.ts';
import { brandOfPractice, practiceOfSeries } from '../booking/booked-terms.ts';

/** The dependencies of showing payment plans. */
export interface ScheduleDeps {
  readonly database: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** One date of a plan, for its debtor. */
export interface ShownInstalment {
  readonly number: number;
  /** `YYYY-MM-DD`. */
  readonly dueOn: string;
  readonly amount: Money;
  readonly state: 'paid' | 'due' | 'past';
}

/** A payment plan for its debtor: no name, no number. */
export interface ShownSchedule {
  readonly tenant: Tenant;
  readonly brand: string;
  readonly label: string | undefined;
  readonly instalments: readonly ShownInstalment[];
}

/** Finds the payment plan that a token names: `expired` once it is over, `gone` where there is none. Changes nothing. */
export function findSchedule(deps: ScheduleDeps, token: string): ReturnType<typeof scheduleOf> {
  const { database, vault, clock } = deps;
  return database.outside(async (outer) => {
    const [inForce, ...older] = await vault.instanceKeys(outer, 'links', instant(clock.machine()).toISO());
    for (const seriesId of new ScheduleTokens(inForce.key, ...older.map(({ key }) => key)).read(token)) {
      const tenantId = await tenantOfSeries(outer, seriesId);
      if (tenantId !== undefined) return scheduleOf(await outer.as(tenantId), deps, seriesId);
    }
    return { kind: 'gone' };
  });
}

async function scheduleOf(
  tx: Transaction,
  { vault, clock }: ScheduleDeps,
  seriesId: string,
): Promise<
  { readonly kind: 'found'; readonly schedule: ShownSchedule } | { readonly kind: 'gone' | 'expired' }
> {
  const keys = await vault.tenant(tx);
  const series = await readSeries(tx, seriesId);
  const tenant = await tenantOf(tx);
  const holder = series && (await readContact(tx, keys, series.contactId));
  if (series?.terms.kind !== 'payment-plan' || holder === undefined || tenant === undefined)
    return { kind: 'gone' };
  const now = clock.now();
  if (isOver(series, now)) return { kind: 'expired' };
  const details = seriesDetailsOf(holder.key, series);
  const practice = await practiceOfSeries(tx, keys, { ...series, practice: details.practice });
  const brand = (await brandOfPractice(tx, practice))?.name ?? tenant.name;
  const today = localDate(now.setZone(series.eventZone));
  const instalments = shownOf(series.terms, details, { paid: series.paid, today });
  return { kind: 'found', schedule: { tenant, brand, label: details.label, instalments } };
}

/**
 * Says whether a page ends: at the end of the plan, or after its last date. A STOP ends the messages, not the page.
 */
const isOver = ({ state, eventAt }: Series, now: DateTime): boolean =>
  isCalledOff(state) || DateTime.fromISO(eventAt) <= now;

function shownOf(
  { instalments }: PaymentTerms,
  { amounts = [] }: SeriesDetails,
  { paid, today }: { readonly paid: Series['paid']; readonly today: string },
): ShownInstalment[] {
  return instalments.flatMap((one) => {
    const amount = amounts.find(({ number }) => number === one.number);
    if (amount === undefined) return [];
    const unpaid = one.dueOn < today ? ('past' as const) : ('due' as const);
    const state = paidAt(paid, one) === undefined ? unpaid : ('paid' as const);
    return [{ number: one.number, dueOn: one.dueOn, amount, state }];
  });
}

/**
 * Makes and reads the tokens of pages that show a payment plan, without storing any. A token is the plan's id under a
 * block cipher: nobody can forge one or link two, and another key ends all. Whether a plan is still shown depends on
 * its row.
 */
export class ScheduleTokens {
  readonly #keys: readonly [Buffer, ...Buffer[]];

  /** Takes the key that makes tokens, then the earlier keys. */
  constructor(inForce: KeyObject, ...older: readonly KeyObject[]) {
    this.#keys = [blockKey(inForce), ...older.map(blockKey)];
  }

  tokenOf(seriesId: string): string {
    const cipher = createCipheriv('aes-256-ecb', this.#keys[0], null).setAutoPadding(false);
    return lettersOf(Buffer.concat([cipher.update(seriesId.replaceAll('-', ''), 'hex'), cipher.final()]));
  }

  /** Returns the possible ids of series; of several one exists at most. */
  read(token: string): string[] {
    const block = blockIn(token);
    if (block === undefined) return [];
    return this.#keys.flatMap((key) => {
      const cipher = createDecipheriv('aes-256-ecb', key, null).setAutoPadding(false);
      const id = idIn(Buffer.concat([cipher.update(block), cipher.final()]));
      return id === undefined ? [] : [id];
    });
  }
}

const blockKey = (secret: KeyObject): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), 'schedule', 32));

/** Returns the address of a page, below the base URL of the pages. */
export const scheduleAddress = (base: string, token: string): string => `${base}/s/${token}`;
