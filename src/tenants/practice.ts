import type { TenantKeys } from '../database/vault.ts';
import type { Territory } from '../law/territory.ts';
import type { Sector } from './tenant.ts';

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
}

/** A practice that is kept. */
export interface KeptPractice extends Practice {
  readonly id: string;
}

/** The blind index of a practice's external id. */
export const practiceIndex = (keys: TenantKeys, externalId: string): Buffer =>
  keys.indexOf('practice', externalId);

/** The blind index of its name, whatever its case and spaces. */
export const practiceNameIndex = (keys: TenantKeys, name: string): Buffer =>
  keys.indexOf(
    'practice-name',
    name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLocaleLowerCase('fr'),
  );
