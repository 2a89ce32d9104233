import type { Purpose } from './rule.ts';

/** What may make a message lawful. */
export type Basis = 'consent' | 'contract' | 'legitimate_interest';

/** Every basis, the default first. */
export const BASES = ['consent', 'contract', 'legitimate_interest'] as const satisfies readonly Basis[];

/** Whether a purpose admits a basis, and by which rule. */
export interface BasisAnswer {
  readonly allowed: boolean;
  readonly ruleId: 'CON-01' | 'CON-02';
  /** Only when an admin of the tenant opened it with a signed statement. */
  readonly onlyIfOpened: boolean;
}

const everyBasis: Readonly<Record<Basis, 'always' | 'if-opened' | 'never'>> = {
  consent: 'always',
  contract: 'always',
  legitimate_interest: 'always',
};

const admitted: Readonly<Record<Purpose, typeof everyBasis>> = {
  marketing: { consent: 'always', contract: 'never', legitimate_interest: 'if-opened' },
  appointment: everyBasis,
  renewal: everyBasis,
  payment: everyBasis,
  acknowledgement: everyBasis,
  confirmation: everyBasis,
};

/** Whether this purpose admits this basis (CON-01, CON-02). */
export function basisAllowed(purpose: Purpose, basis: Basis): BasisAnswer {
  const how = admitted[purpose][basis];
  return {
    allowed: how !== 'never',
    ruleId: purpose === 'marketing' ? 'CON-01' : 'CON-02',
    onlyIfOpened: how === 'if-opened',
  };
}

/** The bases that a purpose admits. */
export const basesOf = (purpose: Purpose): readonly Basis[] =>
  BASES.filter((basis) => basisAllowed(purpose, basis).allowed);

/** Those of them that an admin must have opened. */
export const basesToOpen = (purpose: Purpose): readonly Basis[] =>
  BASES.filter((basis) => basisAllowed(purpose, basis).onlyIfOpened);
