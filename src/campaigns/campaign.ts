import { Refusal, type Clock, type ReasonInWords, type PlanReason } from '../platform/index.ts';
import type { AuditEntry } from '../company/index.ts';
import type { Territory } from '../rule/index.ts';
import { fault, bilingual, reasonWords, type Language, type Words } from '../words/index.ts';
import { GATE_WORDS, LIST_UNREAD } from '../sending/index.ts';

export type CampaignStatus =
  | 'draft'
  | 'scheduled'
  | 'running'
  | 'paused'
  | 'parked'
  | 'cancelled'
  | 'finished';

/** The accounts that carry a campaign, as the routes were when it was made. */
export interface CampaignRoute {
  /** True when its account was chosen by a route and not by name: then another may replace it. */
  readonly routed: boolean;
  /** The territories whose messages use another account than the rest, or have another price. */
  readonly byTerritory: {
    readonly [T in Territory]?: { readonly accountId: string; readonly price: string | null } | undefined;
  };
}

/** The orders that move a campaign, given by a person or by its workflow. */
export type CampaignOrder = 'launch' | 'start' | 'pause' | 'resume' | 'park' | 'cancel' | 'finish';

/** The statuses in which each order is allowed. */
const MOVES: Readonly<Record<CampaignOrder, readonly CampaignStatus[]>> = {
  launch: ['draft'],
  start: ['scheduled'],
  pause: ['scheduled', 'running', 'parked'],
  resume: ['paused', 'parked'],
  park: ['scheduled', 'running'],
  cancel: ['draft', 'scheduled', 'running', 'paused', 'parked'],
  finish: ['running', 'paused', 'parked'],
};

export function canMove(order: CampaignOrder, from: CampaignStatus): boolean {
  return MOVES[order].includes(from);
}

/** Refuses an order that the status does not allow, and names the statuses that allow it. */
export function refuseMove(order: CampaignOrder, from: CampaignStatus): void {
  if (canMove(order, from)) return;
  throw new Refusal('CAMPAIGN_CANNOT_MOVE', {
    detail: fault('A campaign that is {status} cannot {order}; one that is {allowed} can.', {
      status: from,
      order,
      allowed: MOVES[order].join(', '),
    }),
    from,
  });
}

/** Says whether a campaign will never send again. */
export const isOver = (status: CampaignStatus): boolean => status === 'cancelled' || status === 'finished';

export interface CampaignKey {
  readonly tenantId: string;
  readonly campaignId: string;
}

/** Returns the id of the workflow that conducts a campaign. */
export const campaignWorkflowId = (id: string): string => `campaign/${id}`;

/** Names the cell of a campaign's sealed text, to which its encryption is bound. */
export const campaignTextPlace = (id: string) => ({ table: 'campaign', column: 'sealed', row: id });

export interface OrderDeps {
  readonly clock: Clock;
}

/** An order and its author: `key:<id>`, `temporal`, `system`. */
export interface CampaignAct {
  readonly campaignId: string;
  readonly actor: string;
  /** Further details for the audit. */
  readonly details?: AuditEntry['details'];
}

/** The result of an order. */
export interface OrderResult {
  readonly id: string;
  readonly status: CampaignStatus;
  readonly workflowId: string;
}

/** Why a campaign waits, by code. */
const WORDS = {
  ...bilingual.campaign.waits,
  SUPPRESSIONS_UNREAD: LIST_UNREAD,
  PLACE_UNKNOWN: reasonWords('placeUnknown'),
} as const satisfies Record<string, Words>;

/** Why people wait although the hours are open, by code. */
const DELAYS = {
  ...bilingual.campaign.delays,
  THROTTLED: reasonWords('askedToWait'),
  RETRY: reasonWords('askedToWait'),
  OPERATOR_FAILS: reasonWords('operatorFails'),
  ...GATE_WORDS,
  GATE_CLOSED: reasonWords('gateClosed'),
} as const satisfies Record<string, Words>;

/** Returns why people wait although the hours are open; undefined for a code that has its words elsewhere. */
export function delayReason(code: string, language: Language): ReasonInWords | undefined {
  const words: Words | undefined = code in DELAYS ? DELAYS[code as keyof typeof DELAYS] : undefined; // guarded by `in`
  return words && { code, text: words[language] };
}

/** Why nothing is to do for a campaign that does not exist. */
export const GONE: PlanReason = { code: 'CANCELLED', text: WORDS.CANCELLED };

/** Returns a reason in the reader's language; a code without words is shown as it is. */
export function reasonFor(code: string, language: Language, at?: string): ReasonInWords {
  const words: Words | undefined = code in WORDS ? WORDS[code as keyof typeof WORDS] : undefined; // guarded by `in`
  return { code, text: words?.[language] ?? code, ...(at === undefined ? {} : { at }) };
}

const OPERATOR_CODE = bilingual.campaign.operatorCode;

/** Returns why a campaign is parked, with the operator's own code where it gave one. */
export function parkedBecause(
  {
    parkedBecause: code,
    parkedCode,
  }: { readonly parkedBecause: string | null; readonly parkedCode: string | null },
  language: Language,
): ReasonInWords {
  const because = reasonFor(code ?? 'OPERATOR', language);
  if (parkedCode === null) return because;
  return { ...because, text: `${because.text}${OPERATOR_CODE[language]}${parkedCode}.` };
}
