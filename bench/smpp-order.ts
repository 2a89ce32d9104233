import type { SmppAccount } from '../src/gateways/smpp/smpp-gateway.ts';

/** The sessions at an operator. */
export interface Sessions {
  readonly url: string;
  readonly sessions: number;
  readonly window: number;
}

/** What a sender of the bench is told. */
export interface SmppOrder {
  readonly url: string;
  readonly tenantId: string;
  readonly accountId: string;
  readonly ringKey: string;
  readonly batches: readonly string[];
  readonly lawNow: string;
  readonly smpp: Sessions;
}

/** What sending came to, in this process. */
export interface SmppReport {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMiB: number;
}

/** The account of a bench at an operator that lets everybody in. */
export const smppAccount = ({ url, sessions, window }: Sessions): SmppAccount => ({
  name: 'smpp',
  fake: true,
  baseUrl: url,
  sessions,
  window,
  profile: 'general',
  longTexts: 'udh',
  bind: 'transceiver',
  alphabet: 'gsm-7',
  messageIds: 'as-is',
  statuses: {},
  systemType: '',
  credentials: { systemId: 'bench', password: 'bench' },
  acknowledgesStop: false,
  requestTimeoutMs: 10_000,
  enquireLinkMs: 30_000,
});
