import type { TenantKeys } from '../../platform/index.ts';
import { zonesOf, type Territory, type GoodFridayChoice } from '../../law/index.ts';
import type { Sector } from '../tenant/tenant.ts';

/** A site with its own name, sender, phone and zone, as recipients read it. */
export interface Practice {
  readonly externalId: string;
  /** The name by which bookings may refer to it. */
  readonly name: string;
  /** The name that recipients read. */
  readonly displayName: string;
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
  readonly sender?: string | undefined;
  readonly sector?: Sector | undefined;
  readonly territory?: Territory | undefined;
  readonly timeZone?: string | undefined;
  readonly brandId?: string | undefined;
  /** True when its communes keep Good Friday as a holiday; the tenant's choice when absent. */
  readonly goodFriday?: GoodFridayChoice | undefined;
}

/** A stored practice. */
export interface KeptPractice extends Practice {
  readonly id: string;
}

/** Returns the zone of a practice: its own, else the usual one of its territory. */
export const practiceZone = (practice: Practice | undefined): string | undefined =>
  practice?.timeZone ?? (practice?.territory && zonesOf(practice.territory)[0]);

/** Returns the blind index of a practice's external id. */
export const practiceIndex = (keys: TenantKeys, externalId: string): Buffer =>
  keys.indexOf('practice', externalId);

/** Returns the blind index of its name, without regard to case and spaces. */
export const practiceNameIndex = (keys: TenantKeys, name: string): Buffer =>
  keys.indexOf(NAME, plainName(name));

/** Returns every index under which bookings may name a practice. */
export const practiceNameIndexes = (keys: TenantKeys, name: string): Buffer[] =>
  keys.indexesOf(NAME, plainName(name));

/** Returns a digest of a practice's name that stays the same when keys change. */
export const practiceNameMark = (keys: TenantKeys, name: string): string =>
  keys.lastingMark(NAME, plainName(name)).toString('hex');

const NAME = 'practice-name';

const plainName = (name: string): string =>
  name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLocaleLowerCase('fr');

/** Compares two names without regard to case and spaces. */
export const isName = (name: string, said: string): boolean => plainName(name) === plainName(said);
