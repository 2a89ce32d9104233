import type { Purpose } from '../../law/rule.ts';

/** A purpose that needs a basis; answers to a person's own message need none. */
export type ConsentPurpose = Exclude<Purpose, 'acknowledgement' | 'confirmation'>;

/** Every purpose that needs a basis. */
export const CONSENT_PURPOSES = [
  'marketing',
  'appointment',
  'renewal',
  'payment',
] as const satisfies readonly ConsentPurpose[];

/** The scope of a STOP or a suppression. */
export type Scope = ConsentPurpose | 'all';

/** Says whether a scope covers a purpose. */
export const covers = (scope: Scope, purpose: ConsentPurpose): boolean =>
  scope === 'all' || scope === purpose;

/** The purposes inside a scope. */
export const purposesIn = (scope: Scope): readonly ConsentPurpose[] =>
  CONSENT_PURPOSES.filter((purpose) => covers(scope, purpose));
