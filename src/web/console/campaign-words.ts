import { bilingual, type Language, type Words } from '../../words/index.ts';

const STATUS: Readonly<Record<string, Words>> = bilingual.campaignPages.status;

const HALTED: Words = bilingual.campaignPages.halted;

/** A status in words; what somebody halted stands still, whatever its status. */
export const statusIn = (
  { status, waitingFor }: { readonly status: string; readonly waitingFor: { readonly code: string } | null },
  language: Language,
): string => (isHalted(waitingFor) ? HALTED[language] : (STATUS[status]?.[language] ?? status));

/** Whether somebody halted the tenant or the account of a campaign. */
export const isHalted = (waitingFor: { readonly code: string } | null): boolean =>
  waitingFor?.code === 'HALTED';
