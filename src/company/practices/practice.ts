import type { TenantKeys } from '../../platform/index.ts';
import { zonesOf, type Territory, type GoodFridayChoice } from '../../law/index.ts';
import type { Sector } from '../tenant/tenant.ts';

/** A site with its own name, sender, phone and zone; what recipients read of it. */
export interface Practice {
  readonly externalId: string;
  /** How bookings may call it. */
  readonly name: string;
  /** What recipients read. */
  readonly displayName: string;
  readonly phone?: string | undefined;
  readonly address?: string | undefined;
  readonly sender?: string | undefined;
  readonly sector?: Sector | undefined;
  readonly territory?: Territory | undefined;
  readonly timeZone?: string | undefined;
  readonly brandId?: string | undefined;
  /** Whether Good Friday is a holiday in the communes of its people; as its tenant says when absent. */
  readonly goodFriday?: GoodFridayChoice | undefined;
}

/** A practice that is kept. */
export interface KeptPractice extends Practice {
  readonly id: string;
}

/** On which clocks it receives: its own, else those usual in its territory. */
export const practiceZone = (practice: Practice | undefined): string | undefined =>
  practice?.timeZone ?? (practice?.territory && zonesOf(practice.territory)[0]);

/** The blind index of a practice's external id. */
export const practiceIndex = (keys: TenantKeys, externalId: string): Buffer =>
  keys.indexOf('practice', externalId);

/** The blind index of its name, whatever its case and spaces. */
export const practiceNameIndex = (keys: TenantKeys, name: string): Buffer =>
  keys.indexOf(NAME, plainName(name));

/** Every index under which bookings may name a practice by its name. */
export const practiceNameIndexes = (keys: TenantKeys, name: string): Buffer[] =>
  keys.indexesOf(NAME, plainName(name));

/** What tells two names apart in a digest, whatever became of the keys since. */
export const practiceNameMark = (keys: TenantKeys, name: string): string =>
  keys.lastingMark(NAME, plainName(name)).toString('hex');

const NAME = 'practice-name';

const plainName = (name: string): string =>
  name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLocaleLowerCase('fr');

/** Whether two names are one, whatever their case and spaces. */
export const isName = (name: string, said: string): boolean => plainName(name) === plainName(said);
